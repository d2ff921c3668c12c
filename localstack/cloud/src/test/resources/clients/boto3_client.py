"""EventBridge by boto3, as its users call it: python3 boto3_client.py ENDPOINT. Says what it found wrong and exits 1."""

import base64
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
ACCOUNT = "000000000000"


def client(service):
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(parameter_validation=False, retries={"max_attempts": 0}),
    )


events, sqs, logs = client("events"), client("sqs"), client("logs")


def equal(actual, expected):
    assert actual == expected, f"expected {expected!r}, got {actual!r}"


def refused(code, message, call, **parameters):
    try:
        call(**parameters)
    except ClientError as e:
        equal(e.response["Error"]["Code"], code)
        assert message in e.response["Error"]["Message"], f"expected {message!r} in {e.response['Error']['Message']!r}"
        equal(e.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        return
    raise AssertionError(f"{call.__name__} {parameters} was not refused")


def queue(name, **attributes):
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, arn


def allow(url, arn):
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})


def received(url, seconds=10):
    deadline = time.time() + seconds
    while time.time() < deadline:
        for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MessageAttributeNames=["All"]).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return message
    return None


class Receiver(BaseHTTPRequestHandler):
    """Takes anything; /down answers 503 first, /token gives tokens."""

    requests = []
    answers = {}
    tokens = 0

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = self.path.split("?")[0]
        if path == "/token":
            Receiver.tokens += 1
            self.reply(200, json.dumps({"access_token": f"t{Receiver.tokens}", "token_type": "bearer", "expires_in": 3600}))
        else:
            queue_of_answers = Receiver.answers.get(path, [])
            self.reply(queue_of_answers.pop(0) if queue_of_answers else 200, "")
        Receiver.requests.append((self.command, self.path, dict(self.headers), body))

    def reply(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def do_HEAD(self):
        self.answer()

    def log_message(self, *arguments):
        pass


def to(path, count=1, seconds=15):
    deadline = time.time() + seconds
    while time.time() < deadline:
        found = [request for request in Receiver.requests if request[1].split("?")[0].startswith(path)]
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{path} got {[r[1] for r in Receiver.requests]}")


def put(bus, detail, source="s", detail_type="t"):
    answer = events.put_events(Entries=[{"EventBusName": bus, "Source": source, "DetailType": detail_type, "Detail": json.dumps(detail)}])
    equal(answer["FailedEntryCount"], 0)
    return answer["Entries"][0]["EventId"]


def buses():
    arn = events.create_event_bus(Name="b", Description="one", Tags=[{"Key": "k", "Value": "v"}])["EventBusArn"]
    equal(arn, f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/b")
    refused("ResourceAlreadyExistsException", "Event bus b already exists.", events.create_event_bus, Name="b")
    described = events.describe_event_bus(Name=arn)
    equal((described["Name"], described["Description"]), ("b", "one"))
    events.update_event_bus(Name="b", Description="two")
    equal(events.describe_event_bus(Name="b")["Description"], "two")
    refused("ResourceNotFoundException", "Event bus none does not exist.", events.describe_event_bus, Name="none")
    refused("ValidationException", "Cannot delete event bus default.", events.delete_event_bus, Name="default")
    refused("ValidationException", "at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern", events.create_event_bus, Name="a b")
    events.put_permission(EventBusName="b", Action="events:PutEvents", Principal="111111111111", StatementId="s1")
    equal(json.loads(events.describe_event_bus(Name="b")["Policy"])["Statement"][0]["Principal"], {"AWS": "arn:aws:iam::111111111111:root"})
    refused("ResourceNotFoundException", "Statement with the provided id does not exist.", events.remove_permission, EventBusName="b", StatementId="x")
    events.remove_permission(EventBusName="b", StatementId="s1")
    assert "Policy" not in events.describe_event_bus(Name="b")
    for i in range(7):
        events.create_event_bus(Name=f"page-{i}")
    first = events.list_event_buses(NamePrefix="page-", Limit=3)
    second = events.list_event_buses(NamePrefix="page-", Limit=3, NextToken=first["NextToken"])
    third = events.list_event_buses(NamePrefix="page-", Limit=3, NextToken=second["NextToken"])
    equal([b["Name"] for page in (first, second, third) for b in page["EventBuses"]], [f"page-{i}" for i in range(7)])
    assert "NextToken" not in third
    refused("ValidationException", "NextToken", events.list_event_buses, NextToken="bad")
    refused("ValidationException", "Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100", events.list_event_buses, Limit=101)
    for i in range(7):
        events.delete_event_bus(Name=f"page-{i}")


def rules():
    pattern = json.dumps({"source": ["s"]})
    arn = events.put_rule(Name="r", EventBusName="b", EventPattern=pattern, Description="d", Tags=[{"Key": "a", "Value": "1"}])["RuleArn"]
    equal(arn, f"arn:aws:events:us-east-1:{ACCOUNT}:rule/b/r")
    described = events.describe_rule(Name="r", EventBusName="b")
    equal((described["State"], described["EventPattern"], described["CreatedBy"], described["EventBusName"]), ("ENABLED", pattern, ACCOUNT, "b"))
    events.disable_rule(Name="r", EventBusName="b")
    equal(events.describe_rule(Name="r", EventBusName="b")["State"], "DISABLED")
    events.enable_rule(Name="r", EventBusName="b")
    refused("ResourceNotFoundException", "Rule x does not exist on EventBus b.", events.describe_rule, Name="x", EventBusName="b")
    refused("InvalidEventPatternException", "Event pattern is not valid. Reason: ", events.put_rule, Name="x", EventBusName="b", EventPattern='{"source": "s"}')
    refused("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.", events.put_rule, Name="x")
    refused("ValidationException", "ScheduleExpression is supported only on the default event bus.", events.put_rule, Name="x", EventBusName="b", ScheduleExpression="rate(1 minute)")
    refused("ValidationException", "Parameter ScheduleExpression is not valid.", events.put_rule, Name="x", ScheduleExpression="rate(1 minutes)")
    equal(events.list_tags_for_resource(ResourceARN=arn)["Tags"], [{"Key": "a", "Value": "1"}])
    events.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    events.untag_resource(ResourceARN=arn, TagKeys=["a"])
    equal(events.list_tags_for_resource(ResourceARN=arn)["Tags"], [{"Key": "b", "Value": "2"}])
    target = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
    refused(
        "LimitExceededException",
        "The requested resource exceeds the maximum number allowed.",
        events.put_targets,
        Rule="r",
        EventBusName="b",
        Targets=[{"Id": str(i), "Arn": target} for i in range(6)],
    )
    equal(events.put_targets(Rule="r", EventBusName="b", Targets=[{"Id": "1", "Arn": target}])["FailedEntries"], [])
    equal(events.list_rule_names_by_target(TargetArn=target, EventBusName="b")["RuleNames"], ["r"])
    refused("ValidationException", "Rule can't be deleted since it has targets.", events.delete_rule, Name="r", EventBusName="b", Force=True)
    refused("ValidationException", "Event bus b can't be deleted since it has rules.", events.delete_event_bus, Name="b")
    equal(events.remove_targets(Rule="r", EventBusName="b", Ids=["1"])["FailedEntryCount"], 0)
    events.delete_rule(Name="r", EventBusName="b")
    events.delete_rule(Name="r", EventBusName="b")


def entries():
    answer = events.put_events(
        Entries=[
            {"Source": "s", "DetailType": "t", "Detail": "{}"},
            {"DetailType": "t", "Detail": "{}"},
            {"Source": "s", "DetailType": "t", "Detail": "[]"},
            {"Source": "s", "DetailType": "t", "Detail": "{}", "EventBusName": "nowhere"},
        ]
    )
    equal(answer["FailedEntryCount"], 2)
    equal([entry.get("ErrorCode") for entry in answer["Entries"]], [None, "InvalidArgument", "MalformedDetail", None])
    refused("ValidationException", "Member must have length less than or equal to 10", events.put_events, Entries=[{"Source": "s", "DetailType": "t", "Detail": "{}"}] * 11)
    refused("ValidationException", "Total size of the entries in the request is over the limit.", events.put_events, Entries=[{"Source": "s", "DetailType": "t", "Detail": json.dumps({"a": "x" * 1048576})}])
    event = {"id": "i", "account": "1", "source": "s", "time": "2026-03-31T10:30:00Z", "region": "us-east-1", "resources": [], "detail-type": "t", "detail": {"n": 5}}
    equal(events.test_event_pattern(EventPattern='{"detail": {"n": [{"numeric": [">", 4]}]}}', Event=json.dumps(event))["Result"], True)
    refused("ValidationException", "Parameter Event is not valid.", events.test_event_pattern, EventPattern='{"source": ["s"]}', Event="text")


def targets():
    url, arn = queue("targets")
    allow(url, arn)
    fifo_url, fifo_arn = queue("targets.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    events.create_event_bus(Name="second")
    events.create_event_bus(Name="third")
    pattern = json.dumps({"source": ["s"]})
    for bus in ("b", "second", "third"):
        events.put_rule(Name="all", EventBusName=bus, EventPattern=pattern)
    refused("ValidationException", "Parameter(s) SqsParameters must be specified for target: f.", events.put_targets, Rule="all", EventBusName="b", Targets=[{"Id": "f", "Arn": fifo_arn}])
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    events.put_targets(
        Rule="all",
        EventBusName="b",
        Targets=[
            {"Id": "q", "Arn": arn, "InputTransformer": {"InputPathsMap": {"n": "$.detail.list[1].n"}, "InputTemplate": '{"n": <n>, "rule": "<aws.events.rule-name>"}'}},
            {"Id": "f", "Arn": fifo_arn, "SqsParameters": {"MessageGroupId": "g"}, "InputPath": "$.detail"},
            {"Id": "bus", "Arn": f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/second", "RoleArn": role},
        ],
    )
    put("b", {"list": [{"n": 1}, {"n": "two"}]})
    equal(json.loads(received(url)["Body"]), {"n": "two", "rule": "all"})
    equal(json.loads(received(fifo_url)["Body"]), {"list": [{"n": 1}, {"n": "two"}]})
    hop_url, hop_arn = queue("hop-dlq")
    allow(hop_url, hop_arn)
    events.put_targets(Rule="all", EventBusName="second", Targets=[{"Id": "q", "Arn": arn}])
    events.put_targets(
        Rule="all", EventBusName="second", Targets=[{"Id": "third", "Arn": f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/third", "RoleArn": role, "DeadLetterConfig": {"Arn": hop_arn}}]
    )
    events.put_targets(Rule="all", EventBusName="third", Targets=[{"Id": "q", "Arn": arn}])
    events.remove_targets(Rule="all", EventBusName="b", Ids=["q", "f"])
    event_id = put("b", {"hop": 1})
    forwarded = json.loads(received(url)["Body"])
    equal((forwarded["id"], forwarded["detail"]), (event_id, {"hop": 1}))
    equal(received(hop_url)["MessageAttributes"]["ERROR_CODE"]["StringValue"], "THIRD_ACCOUNT_HOP_DETECTED")
    equal(received(url, 1), None)


def connection(name, kind, parameters):
    answer = events.create_connection(Name=name, AuthorizationType=kind, AuthParameters=parameters)
    return answer["ConnectionArn"], answer["ConnectionState"]


def destinations(receiver):
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "secret"}}
    invocation = {
        "HeaderParameters": [{"Key": "x-both", "Value": "connection", "IsValueSecret": False}],
        "QueryStringParameters": [{"Key": "q", "Value": "hidden", "IsValueSecret": True}],
        "BodyParameters": [{"Key": "added", "Value": "by connection", "IsValueSecret": False}],
    }
    arn, state = connection("key", "API_KEY", {**key, "InvocationHttpParameters": invocation})
    equal(state, "AUTHORIZED")
    shown = json.dumps(events.describe_connection(Name="key")["AuthParameters"])
    assert "secret" not in shown.replace("IsValueSecret", "") and "hidden" not in shown, shown
    refused("ResourceAlreadyExistsException", "Connection key already exists.", events.create_connection, Name="key", AuthorizationType="API_KEY", AuthParameters=key)
    refused("ResourceNotFoundException", "Failed to describe the connection(s). Connection 'none' does not exist.", events.describe_connection, Name="none")
    refused(
        "ValidationException",
        "2 validation errors detected: Value 'invalid-connection-arn' at 'connectionArn'",
        events.create_api_destination,
        Name="d",
        ConnectionArn="invalid-connection-arn",
        InvocationEndpoint="https://example.com",
        HttpMethod="INVALID_METHOD",
    )
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    for method in ("POST", "GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"):
        destination = events.create_api_destination(Name=f"d-{method}", ConnectionArn=arn, InvocationEndpoint=f"{receiver}/{method}/*/of/*", HttpMethod=method)
        equal(destination["ApiDestinationState"], "ACTIVE")
        events.put_rule(Name=f"r-{method}", EventBusName="b", EventPattern=json.dumps({"source": [method]}))
        http = {"PathParameterValues": ["$.detail.user", "team"], "HeaderParameters": {"x-both": "target", "x-own": "$.detail.user"}, "QueryStringParameters": {"p": "$.detail.user"}}
        events.put_targets(
            Rule=f"r-{method}", EventBusName="b", Targets=[{"Id": "1", "Arn": destination["ApiDestinationArn"], "RoleArn": role, "InputPath": "$.detail", "HttpParameters": http}]
        )
        put("b", {"user": "a b"}, source=method)
        sent_method, path, headers, body = to(f"/{method}/")[0]
        equal((sent_method, path), (method, f"/{method}/a%20b/of/team?p=a%20b&q=hidden"))
        headers = {name.lower(): value for name, value in headers.items()}
        equal((headers["x-key"], headers["x-both"], headers["x-own"]), ("secret", "connection", "a b"))
        equal(body, "" if method in ("GET", "HEAD", "OPTIONS") else '{"user":"a b","added":"by connection"}')
    events.update_connection(Name="key", AuthorizationType="BASIC", AuthParameters={"BasicAuthParameters": {"Username": "ada", "Password": "p"}})
    equal(events.describe_connection(Name="key")["AuthParameters"]["BasicAuthParameters"], {"Username": "ada"})
    put("b", {"user": "basic"}, source="POST")
    equal(to("/POST/basic")[0][2]["Authorization"], "Basic " + base64.b64encode(b"ada:p").decode())
    equal(events.deauthorize_connection(Name="key")["ConnectionState"], "DEAUTHORIZING")
    equal(events.describe_connection(Name="key")["ConnectionState"], "DEAUTHORIZED")
    equal(events.describe_api_destination(Name="d-POST")["ApiDestinationState"], "INACTIVE")
    events.delete_api_destination(Name="d-GET")
    refused("ResourceNotFoundException", "An api-destination 'd-GET' does not exist.", events.describe_api_destination, Name="d-GET")


def oauth(receiver):
    parameters = {
        "ClientParameters": {"ClientID": "id", "ClientSecret": "cs"},
        "AuthorizationEndpoint": f"{receiver}/token",
        "HttpMethod": "POST",
        "OAuthHttpParameters": {"BodyParameters": [{"Key": "audience", "Value": "a", "IsValueSecret": False}]},
    }
    arn, state = connection("oauth", "OAUTH_CLIENT_CREDENTIALS", {"OAuthParameters": parameters})
    equal(state, "AUTHORIZING")
    deadline = time.time() + 10
    while events.describe_connection(Name="oauth")["ConnectionState"] != "AUTHORIZED" and time.time() < deadline:
        time.sleep(0.05)
    token_request = to("/token")[0]
    assert "client_id=id" in token_request[3] and "client_secret=cs" in token_request[3] and "audience=a" in token_request[3], token_request
    assert "cs" not in json.dumps(events.describe_connection(Name="oauth")["AuthParameters"]).replace("ClientSecret", "")
    destination = events.create_api_destination(Name="oauth", ConnectionArn=arn, InvocationEndpoint=f"{receiver}/oauth", HttpMethod="POST")
    events.put_rule(Name="oauth", EventBusName="b", EventPattern=json.dumps({"source": ["oauth"]}))
    events.put_targets(Rule="oauth", EventBusName="b", Targets=[{"Id": "1", "Arn": destination["ApiDestinationArn"], "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"}])
    put("b", {}, source="oauth")
    equal(to("/oauth")[0][2]["Authorization"], "Bearer t1")
    Receiver.answers["/oauth"] = [401]
    put("b", {}, source="oauth")
    equal([r[2]["Authorization"] for r in to("/oauth", 3)], ["Bearer t1", "Bearer t1", "Bearer t2"])


def dead_letters(receiver):
    url, arn = queue("dlq")
    allow(url, arn)
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "secret"}}
    connected, _ = connection("dead", "API_KEY", key)
    Receiver.answers["/down"] = [503] * 50
    destination = events.create_api_destination(Name="down", ConnectionArn=connected, InvocationEndpoint=f"{receiver}/down", HttpMethod="POST")["ApiDestinationArn"]
    rule = events.put_rule(Name="down", EventBusName="b", EventPattern=json.dumps({"source": ["down"]}))["RuleArn"]
    events.put_targets(
        Rule="down",
        EventBusName="b",
        Targets=[{"Id": "1", "Arn": destination, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r", "RetryPolicy": {"MaximumRetryAttempts": 2}, "DeadLetterConfig": {"Arn": arn}}],
    )
    event_id = put("b", {"n": 1}, source="down")
    letter = received(url, 20)
    equal(list(json.loads(letter["Body"])), ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"])
    equal(
        {name: value["StringValue"] for name, value in letter["MessageAttributes"].items() if name != "ERROR_MESSAGE"},
        {"RULE_ARN": rule, "TARGET_ARN": destination, "ERROR_CODE": "ERROR_FROM_TARGET", "RETRY_ATTEMPTS": "2", "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts"},
    )
    from urllib.request import urlopen

    attempts = json.loads(urlopen(f"{ENDPOINT}/_agentpost/attempts?id={event_id}").read())["attempts"]
    equal([(a["kind"], a.get("outcome"), a.get("status")) for a in attempts], [("attempt", "retry", 503), ("attempt", "retry", 503), ("attempt", "gave_up", 503), ("dead_letter", None, None)])
    assert "secret" not in json.dumps(attempts)


def archives():
    bus = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/b"
    archive = events.create_archive(ArchiveName="a", EventSourceArn=bus, RetentionDays=1)["ArchiveArn"]
    refused("ResourceAlreadyExistsException", "Archive a already exists.", events.create_archive, ArchiveName="a", EventSourceArn=bus)
    refused("ResourceNotFoundException", "Archive x does not exist.", events.describe_archive, ArchiveName="x")
    events.update_archive(ArchiveName="a", RetentionDays=2, Description="kept")
    described = events.describe_archive(ArchiveName="a")
    equal((described["RetentionDays"], described["Description"], described["State"]), (2, "kept", "ENABLED"))
    url, arn = queue("replayed")
    rule = events.put_rule(Name="replayed", EventBusName="b", EventPattern=json.dumps({"source": ["archived"], "replay-name": [{"exists": True}]}))["RuleArn"]
    events.put_targets(Rule="replayed", EventBusName="b", Targets=[{"Id": "1", "Arn": arn}])
    put("b", {"kept": True}, source="archived")
    now = time.time()
    refused("ValidationException", "EventStartTime must be before EventEndTime.", events.start_replay, ReplayName="p", EventSourceArn=archive, EventStartTime=now, EventEndTime=now, Destination={"Arn": bus})
    refused("ResourceNotFoundException", "Replay none does not exist.", events.describe_replay, ReplayName="none")
    answer = events.start_replay(ReplayName="p", EventSourceArn=archive, EventStartTime=now - 3600, EventEndTime=now + 86400, Destination={"Arn": bus, "FilterArns": [rule]})
    equal(answer["State"], "STARTING")
    replayed = json.loads(received(url)["Body"])
    equal((replayed["replay-name"], replayed["detail"]), ("p", {"kept": True}))
    deadline = time.time() + 10
    while events.describe_replay(ReplayName="p")["State"] != "COMPLETED" and time.time() < deadline:
        time.sleep(0.05)
    equal([r["State"] for r in events.list_replays(NamePrefix="p")["Replays"]], ["COMPLETED"])
    refused("IllegalStatusException", "Replay p is not in a valid state for this operation.", events.cancel_replay, ReplayName="p")


def schedules():
    url, arn = queue("scheduled")
    rule = events.put_rule(Name="every-minute", ScheduleExpression="rate(1 minute)")["RuleArn"]
    events.put_targets(Rule="every-minute", Targets=[{"Id": "1", "Arn": arn}])
    event = json.loads(received(url)["Body"])
    equal((event["detail-type"], event["source"], event["resources"], event["detail"]), ("Scheduled Event", "aws.events", [rule], {}))
    events.disable_rule(Name="every-minute")


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    receiver = f"http://127.0.0.1:{server.server_port}"
    for part, arguments in ((buses, ()), (rules, ()), (entries, ()), (targets, ()), (destinations, (receiver,)), (oauth, (receiver,)), (dead_letters, (receiver,)), (archives, ()), (schedules, ())):
        started = time.time()
        part(*arguments)
        print(f"{part.__name__}: as expected ({time.time() - started:.1f} s)", flush=True)


main()
