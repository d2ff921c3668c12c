"""Writes each service's requests.json: the shapes of the requests that the local cloud takes, from AWS's service models in botocore.

python3 localstack/cloud/src/main/model/requests.py
"""

import json
from pathlib import Path

from botocore.loaders import Loader

RESOURCES = Path(__file__).parent.parent / "resources" / "agentpost" / "local"

# Of each package: the model, the code of an error for a request that is not of its shape, the operations.
SERVICES = {
    "eventbridge": ("events", "2015-10-07", "ValidationException", """
CancelReplay CreateApiDestination CreateArchive CreateConnection CreateEventBus DeauthorizeConnection DeleteApiDestination DeleteArchive DeleteConnection
DeleteEventBus DeleteRule DescribeApiDestination DescribeArchive DescribeConnection DescribeEventBus DescribeReplay DescribeRule DisableRule EnableRule
ListApiDestinations ListArchives ListConnections ListEventBuses ListReplays ListRuleNamesByTarget ListRules ListTagsForResource ListTargetsByRule PutEvents
PutPermission PutRule PutTargets RemovePermission RemoveTargets StartReplay TagResource TestEventPattern UntagResource UpdateApiDestination UpdateArchive
UpdateConnection UpdateEventBus"""),
    "secrets": ("secretsmanager", "2017-10-17", "ValidationException", """
CancelRotateSecret CreateSecret DeleteSecret DescribeSecret GetSecretValue ListSecretVersionIds ListSecrets PutSecretValue RestoreSecret RotateSecret
TagResource UntagResource UpdateSecret UpdateSecretVersionStage"""),
    "ssm": ("ssm", "2014-11-06", "ValidationException", "DeleteParameter DescribeParameters GetParameter GetParameters GetParametersByPath PutParameter"),
    "logs": ("logs", "2014-03-28", "InvalidParameterException", "DescribeLogGroups DescribeLogStreams FilterLogEvents"),
    "scheduler": ("scheduler", "2021-06-30", "ValidationException", "CreateSchedule DeleteSchedule GetSchedule ListSchedules UpdateSchedule"),
    "lambda": ("lambda", "2015-03-31", "ValidationException", """
DeleteFunctionConcurrency GetFunction GetFunctionConfiguration Invoke ListFunctions PutFunctionConcurrency"""),
    "email": ("sesv2", "2019-09-27", "BadRequestException", "SendEmail"),
    "sqs": ("sqs", "2012-11-05", "InvalidParameterValue", """
CancelMessageMoveTask ChangeMessageVisibility ChangeMessageVisibilityBatch CreateQueue DeleteMessage DeleteMessageBatch DeleteQueue GetQueueAttributes
GetQueueUrl ListDeadLetterSourceQueues ListMessageMoveTasks ListQueueTags ListQueues PurgeQueue ReceiveMessage SendMessage SendMessageBatch
SetQueueAttributes StartMessageMoveTask TagQueue UntagQueue"""),
}

# What a request may say and the local cloud cannot honour: it is refused by name. Of every shape, or of one.
REFUSED = {
    "eventbridge": """EventSourceName KmsKeyIdentifier LogConfig EndpointId ConnectivityParameters InvocationConnectivityParameters TraceHeader""",
    "secrets": """AddReplicaRegions ForceOverwriteReplicaSecret SecretBinary RotationToken ExternalSecretRotationMetadata ExternalSecretRotationRoleArn
RotationRulesType.Duration CreateSecretRequest.Type UpdateSecretRequest.Type Filters SortOrder SortBy""",
    "ssm": "Tags AllowedPattern Policies Filters ParameterFilters Shared",
    "logs": "accountIdentifiers includeLinkedAccounts logGroupClass logGroupIdentifiers",
    "scheduler": "KmsKeyArn EcsParameters KinesisParameters SageMakerPipelineParameters SqsParameters",
    "lambda": "ClientContext DurableExecutionName TenantId MasterRegion FunctionVersion",
    "email": """FromEmailAddressIdentityArn CcAddresses BccAddresses ReplyToAddresses FeedbackForwardingEmailAddress FeedbackForwardingEmailAddressIdentityArn
Raw Template EmailTags ConfigurationSetName EndpointId TenantName ListManagementOptions Message.Headers Attachments""",
    "sqs": "ListQueuesRequest.MaxResults ListQueuesRequest.NextToken ListDeadLetterSourceQueuesRequest.MaxResults ListDeadLetterSourceQueuesRequest.NextToken ReceiveMessageRequest.ReceiveRequestAttemptId",
}

# What makes no difference here, and why.
WITHOUT_EFFECT = {
    "eventbridge": {
        "DeleteRuleRequest.Force": "of rules that AWS's services manage, and here is none",
        "RemoveTargetsRequest.Force": "of rules that AWS's services manage, and here is none",
    },
    "logs": {
        "FilterLogEventsRequest.interleaved": "AWS ignores it since 2019",
        "FilterLogEventsRequest.unmask": "nothing is masked here",
        "DescribeLogStreamsRequest.descending": "a group has one stream",
    },
    "email": {"Content.Charset": "text is Unicode here"},
}

# AWS's service lists these values in another order than its model.
ORDER = {
    "ConnectionAuthorizationType": ["BASIC", "OAUTH_CLIENT_CREDENTIALS", "API_KEY"],
    "ApiDestinationHttpMethod": ["HEAD", "POST", "PATCH", "DELETE", "PUT", "GET", "OPTIONS"],
    "InvocationType": ["Event", "RequestResponse", "DryRun"],
}

# Targets' settings are refused by what the target is, see TargetKind; what is inside those that no kind has is not looked at.
UNSEEN = {
    "eventbridge": """KinesisParameters RunCommandParameters EcsParameters BatchParameters RedshiftDataParameters SageMakerPipelineParameters AppSyncParameters"""
}

# Members that AWS's SDKs have before botocore does: refused until somebody has looked at them.
LATER = {"SendEmailRequest": ["ConfigurationOverrides"]}

# Members that its service prints and its model does not have.
UNPUBLISHED = {"PutEventsRequestEntry": ["KmsKeyIdentifier", "InternalMetadata"]}

# Constraints that SQS words in its own way: Limits has them.
KEPT = ("min", "max", "pattern", "sensitive", "enum")
OWN_WORDS = {"sqs"}


class Shapes:
    def __init__(self, package, model):
        self.package = package
        self.source = model["shapes"]
        self.refused = set(REFUSED.get(package, "").split())
        self.unseen = set(UNSEEN.get(package, "").split())
        self.idle = WITHOUT_EFFECT.get(package, {})
        self.shapes = {"Any": {"type": "any"}}

    def add(self, name):
        if name in self.shapes:
            return
        source = self.source[name]
        kind = source["type"]
        out = {"type": kind}
        self.shapes[name] = out
        if self.package not in OWN_WORDS:
            out.update({key: source[key] for key in KEPT if key in source})
        if name in ORDER and "enum" in out:
            assert sorted(ORDER[name]) == sorted(source["enum"])
            out["enum"] = ORDER[name]
        if name in self.unseen:
            return
        if kind == "structure":
            self.structure(name, source, out)
        elif kind == "list":
            out["member"] = source["member"]["shape"]
            self.add(out["member"])
        elif kind == "map":
            for part in ("key", "value"):
                out[part] = source[part]["shape"]
                self.add(out[part])

    def structure(self, name, source, out):
        if source.get("required"):
            out["required"] = source["required"]
        out["members"] = {member: at["shape"] for member, at in source["members"].items()}
        refused = sorted(member for member in out["members"] if member in self.refused or f"{name}.{member}" in self.refused)
        for member in LATER.get(name, []):
            out["members"].setdefault(member, "Any")
            refused = sorted({*refused, member})
        idle = {member: self.idle[f"{name}.{member}"] for member in out["members"] if f"{name}.{member}" in self.idle}
        where = {member: f'{at["location"]} {at["locationName"]}' for member, at in source["members"].items() if "location" in at}
        assert not any("locationName" in at and at["locationName"] != member and "location" not in at and self.package != "sqs" for member, at in source["members"].items())
        for key, value in (("unpublished", UNPUBLISHED.get(name)), ("refused", refused), ("withoutEffect", idle), ("where", where), ("payload", source.get("payload"))):
            if value:
                out[key] = value
        for member, to in out["members"].items():
            if member not in refused:
                self.add(to)
        for member in refused:
            out["members"][member] = "Any"


def write(package, service, version, error, operations):
    model = Loader().load_service_model(service, "service-2", version)
    shapes = Shapes(package, model)
    inputs, http = {}, {}
    for name in operations.split():
        operation = model["operations"][name]
        inputs[name] = operation["input"]["shape"]
        shapes.add(inputs[name])
        if model["metadata"]["protocol"] == "rest-json":
            http[name] = f'{operation["http"]["method"]} {operation["http"]["requestUri"]}'
    rows = [f"  {json.dumps(name)}: {json.dumps(at)}" for name, at in sorted(shapes.shapes.items())]
    head = {"source": f"botocore, {service}/{version} (Apache License 2.0), by localstack/cloud/src/main/model/requests.py", "error": error, "operations": inputs}
    if http:
        head["http"] = http
    text = "{" + ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items())
    (RESOURCES / package).mkdir(exist_ok=True)
    (RESOURCES / package / "requests.json").write_text(text + ',\n"shapes": {\n' + ",\n".join(rows) + "\n}}\n")


for package, of in SERVICES.items():
    write(package, *of)
