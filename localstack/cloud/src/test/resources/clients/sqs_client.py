"""SQS as people's clients see it, whichever protocol this boto3 speaks (Query before 1.28.83, JSON since). Prints a line for each thing that is as expected.

python3 sqs_client.py http://localhost:4566
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
sqs = boto3.client(
    "sqs", endpoint_url=ENDPOINT, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test", config=Config(retries={"max_attempts": 0})
)
PROTOCOL = sqs.meta.service_model.metadata["protocol"]
NAME = f"clients-{PROTOCOL}"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:*"}]})
TEXT = 'a <&> \r\n\t "ü" 😀'


def expect(what, actual, expected):
    if actual != expected:
        sys.exit(f"{PROTOCOL}: {what}: expected {expected!r}, got {actual!r}")
    print(f"{PROTOCOL}: {what}: as expected")


def refused(what, code, text, call):
    try:
        answer = call()
    except ClientError as e:
        error = e.response["Error"]
        if error["Code"] != code or text not in error["Message"]:
            sys.exit(f"{PROTOCOL}: {what}: expected {code} with {text!r}, got {error}")
        print(f"{PROTOCOL}: {what}: as expected")
        return
    sys.exit(f"{PROTOCOL}: {what}: expected {code}, got {answer}")


def arn(name):
    return f"arn:aws:sqs:us-east-1:000000000000:{name}"


letters = sqs.create_queue(QueueName=NAME + "-dlq")["QueueUrl"]
url = sqs.create_queue(QueueName=NAME, Attributes={"VisibilityTimeout": "40", "MessageRetentionPeriod": "600", "Policy": POLICY}, tags={"team": "growth", "a": "b"})["QueueUrl"]
expect("a queue's URL", url, f"{ENDPOINT}/000000000000/{NAME}")
expect("its URL by name", sqs.get_queue_url(QueueName=NAME, QueueOwnerAWSAccountId="000000000000")["QueueUrl"], url)
expect("lists", sqs.list_queues(QueueNamePrefix=NAME)["QueueUrls"], [url, letters])
redrive = json.dumps({"deadLetterTargetArn": arn(NAME + "-dlq"), "maxReceiveCount": 3}, separators=(",", ":"))
sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": redrive, "MaximumMessageSize": "2048"})
attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
wanted = {
    "QueueArn": arn(NAME), "VisibilityTimeout": "40", "MessageRetentionPeriod": "600", "Policy": POLICY, "MaximumMessageSize": "2048", "RedrivePolicy": redrive, "SqsManagedSseEnabled": "true"
}
expect("attributes", {name: attributes.get(name) for name in wanted}, wanted)
expect("some attributes", sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy", "QueueArn"])["Attributes"], {"Policy": POLICY, "QueueArn": arn(NAME)})
expect("dead letters' sources", sqs.list_dead_letter_source_queues(QueueUrl=letters)["queueUrls"], [url])
sqs.tag_queue(QueueUrl=url, Tags={"x": "y<&>"})
sqs.untag_queue(QueueUrl=url, TagKeys=["a"])
expect("tags", sqs.list_queue_tags(QueueUrl=url)["Tags"], {"team": "growth", "x": "y<&>"})

# botocore checks MD5OfMessageBody and MD5OfMessageAttributes itself.
sqs.send_message(
    QueueUrl=url,
    MessageBody=TEXT,
    MessageGroupId="g",
    MessageAttributes={
        "s": {"DataType": "String", "StringValue": TEXT}, "n": {"DataType": "Number", "StringValue": "12.5"}, "b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}
    },
)
message = sqs.receive_message(QueueUrl=url, AttributeNames=["All"], MessageAttributeNames=["All"], WaitTimeSeconds=1, VisibilityTimeout=30)["Messages"][0]
expect("a message's body", message["Body"], TEXT)
expect("its attributes", {name: one.get("StringValue", one.get("BinaryValue")) for name, one in message["MessageAttributes"].items()}, {"s": TEXT, "n": "12.5", "b": b"\x00\xff"})
expect("its receive count", message["Attributes"]["ApproximateReceiveCount"], "1")
handle = message["ReceiptHandle"]
sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=60)
expect("visibility, in a batch", [one["Id"] for one in sqs.change_message_visibility_batch(QueueUrl=url, Entries=[{"Id": "v", "ReceiptHandle": handle, "VisibilityTimeout": 0}])["Successful"]], ["v"])
expect("again at once", sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)["Messages"][0]["MessageId"], message["MessageId"])
sqs.purge_queue(QueueUrl=url)
sent = sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(i), "MessageBody": str(i)} for i in range(10)])
expect("ten in a batch", sorted(one["Id"] for one in sent["Successful"]), [str(i) for i in range(10)])
ten = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)["Messages"]
deleted = sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": str(i), "ReceiptHandle": one["ReceiptHandle"]} for i, one in enumerate(ten)])
expect("deleted in a batch", len(deleted["Successful"]), 10)

SQS = "AWS.SimpleQueueService."
for count in (0, 11):
    refused(f"receive {count}", "InvalidParameterValue", "MaxNumberOfMessages", lambda: sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=count))
for wait in (-1, 21):
    refused(f"wait {wait}", "InvalidParameterValue", "WaitTimeSeconds", lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=wait))
refused("visibility 43201", "InvalidParameterValue", "VisibilityTimeout", lambda: sqs.receive_message(QueueUrl=url, VisibilityTimeout=43201))
refused("delay 901", "InvalidParameterValue", "DelaySeconds", lambda: sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=901))
refused("an empty batch", SQS + "EmptyBatchRequest", "SendMessageBatchRequestEntry", lambda: sqs.send_message_batch(QueueUrl=url, Entries=[]))
refused("nothing to delete", SQS + "EmptyBatchRequest", "DeleteMessageBatchRequestEntry", lambda: sqs.delete_message_batch(QueueUrl=url, Entries=[]))
refused("eleven", SQS + "TooManyEntriesInBatchRequest", "sent 11", lambda: sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(i), "MessageBody": "x"} for i in range(11)]))
refused("an id twice", SQS + "BatchEntryIdsNotDistinct", "Id a repeated", lambda: sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "x"}] * 2))
refused("an id that is none", SQS + "InvalidBatchEntryId", "80", lambda: sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": "a b", "ReceiptHandle": "x"}]))
refused("over the queue's size", "InvalidParameterValue", "2048", lambda: sqs.send_message(QueueUrl=url, MessageBody="x" * 2049))
refused("over 1 MiB", "InvalidParameterValue", "1048576", lambda: sqs.send_message(QueueUrl=letters, MessageBody="x" * 1048577))
expect("1 MiB", sqs.send_message(QueueUrl=letters, MessageBody="x" * 1048576)["MD5OfMessageBody"] is not None, True)
refused("a batch over 1 MiB", SQS + "BatchRequestTooLong", "1200000", lambda: sqs.send_message_batch(QueueUrl=letters, Entries=[{"Id": str(i), "MessageBody": "x" * 600000} for i in range(2)]))
refused("attributes count", "InvalidParameterValue", "2048", lambda: sqs.send_message(QueueUrl=url, MessageBody="x" * 2040, MessageAttributes={"a": {"DataType": "String", "StringValue": "123"}}))
refused("no character of XML", "InvalidMessageContents", "#x9", lambda: sqs.send_message(QueueUrl=url, MessageBody="x\x01"))
refused("no body", "MissingParameter", "MessageBody", lambda: sqs.send_message(QueueUrl=url, MessageBody=""))
refused("eleven attributes", "InvalidParameterValue", "11", lambda: sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={str(i): {"DataType": "String", "StringValue": "v"} for i in range(11)}))
for attribute in ({"DataType": "Text", "StringValue": "v"}, {"DataType": "Number", "StringValue": "many"}, {"DataType": "String", "StringValue": ""}):
    refused(f"attribute {attribute}", "InvalidParameterValue", "'a'", lambda: sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={"a": attribute}))
for name in ("AWS.a", "a..b", "a b", "a."):
    refused(f"attribute named {name}", "InvalidParameterValue", name, lambda: sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={name: {"DataType": "String", "StringValue": "v"}}))
for name in ("a b", "a" * 81, "x.fifo", "ä", ""):
    refused(f"a queue named {name!r}", "InvalidParameterValue", "1 to 80 in length", lambda: sqs.create_queue(QueueName=name))
refused("a FIFO queue without its suffix", "InvalidParameterValue", ".fifo", lambda: sqs.create_queue(QueueName="x", Attributes={"FifoQueue": "true"}))
for name, value in [
    ("MessageRetentionPeriod", "59"), ("MessageRetentionPeriod", "1209601"), ("DelaySeconds", "901"), ("VisibilityTimeout", "-1"), ("VisibilityTimeout", "soon"), ("VisibilityTimeout", "43201"),
    ("ReceiveMessageWaitTimeSeconds", "21"), ("MaximumMessageSize", "1023"), ("MaximumMessageSize", "1048577"), ("Policy", "{"), ("Policy", '{"Statement":[]}'), ("Policy", '"*"'),
    ("Policy", '{"Statement":[{"Effect":"Perhaps","Principal":"*","Action":"*"}]}'), ("RedrivePolicy", "{}"), ("RedrivePolicy", '{"deadLetterTargetArn":"' + arn("x") + '","maxReceiveCount":0}'),
    ("RedrivePolicy", '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:000000000000:x","maxReceiveCount":1}'),
]:
    refused(f"{name} {value}", "InvalidAttributeValue", name, lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes={name: value}))
    refused(f"{name} {value}, at creation", "InvalidAttributeValue", name, lambda: sqs.create_queue(QueueName="new", Attributes={name: value}))
for name in ("Nope", "KmsMasterKeyId", "RedriveAllowPolicy", "FifoThroughputLimit", "DeduplicationScope", "KmsDataKeyReusePeriodSeconds", "FifoQueue"):
    refused(f"attribute {name}", "InvalidAttributeName", name, lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes={name: "true"}))
refused("an attribute to show", "InvalidAttributeName", "Nope", lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Nope"]))
refused("other attributes", "QueueAlreadyExists", "already exists", lambda: sqs.create_queue(QueueName=NAME, Attributes={"VisibilityTimeout": "41"}))
refused("permissions", "InvalidAction", "AddPermission", lambda: sqs.add_permission(QueueUrl=url, Label="l", AWSAccountIds=["123456789012"], Actions=["*"]))
refused("pages", "InvalidParameterValue", "MaxResults of ListQueues", lambda: sqs.list_queues(MaxResults=2))
refused("a receipt handle", "ReceiptHandleIsInvalid", "zzz", lambda: sqs.delete_message(QueueUrl=url, ReceiptHandle="zzz"))
for gone in (f"{ENDPOINT}/000000000000/none", f"{ENDPOINT}/123456789012/{NAME}"):
    for what, call in (
        ("send to", lambda: sqs.send_message(QueueUrl=gone, MessageBody="x")), ("receive from", lambda: sqs.receive_message(QueueUrl=gone)), ("describe", lambda: sqs.get_queue_attributes(QueueUrl=gone, AttributeNames=["Policy"])),
        ("change", lambda: sqs.set_queue_attributes(QueueUrl=gone, Attributes={"Policy": POLICY})), ("delete", lambda: sqs.delete_queue(QueueUrl=gone)), ("purge", lambda: sqs.purge_queue(QueueUrl=gone)),
    ):
        refused(f"{what} {gone}", SQS + "NonExistentQueue", "does not exist", call)
refused("another account's", SQS + "NonExistentQueue", "does not exist", lambda: sqs.get_queue_url(QueueName=NAME, QueueOwnerAWSAccountId="123456789012"))
sqs.delete_queue(QueueUrl=url)
refused("a queue that was deleted", SQS + "NonExistentQueue", "does not exist", lambda: sqs.get_queue_url(QueueName=NAME))
