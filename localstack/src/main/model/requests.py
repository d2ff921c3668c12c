"""Writes requests.json: the shapes of the requests that the local cloud's EventBridge takes, from AWS's service model in botocore.

python3 localstack/src/main/model/requests.py > localstack/src/main/resources/agentpost/local/eventbridge/requests.json
"""

import json

from botocore.loaders import Loader

OPERATIONS = """
CancelReplay CreateApiDestination CreateArchive CreateConnection CreateEventBus DeauthorizeConnection DeleteApiDestination DeleteArchive DeleteConnection
DeleteEventBus DeleteRule DescribeApiDestination DescribeArchive DescribeConnection DescribeEventBus DescribeReplay DescribeRule DisableRule EnableRule
ListApiDestinations ListArchives ListConnections ListEventBuses ListReplays ListRuleNamesByTarget ListRules ListTagsForResource ListTargetsByRule PutEvents
PutPermission PutRule PutTargets RemovePermission RemoveTargets StartReplay TagResource TestEventPattern UntagResource UpdateApiDestination UpdateArchive
UpdateConnection UpdateEventBus
""".split()

# What a request may say and the local cloud cannot honour: it is refused by name.
REFUSED = {"EventSourceName", "KmsKeyIdentifier", "LogConfig", "EndpointId", "ConnectivityParameters", "InvocationConnectivityParameters"}

# AWS's service lists these values in another order than its model.
ORDER = {
    "ConnectionAuthorizationType": ["BASIC", "OAUTH_CLIENT_CREDENTIALS", "API_KEY"],
    "ApiDestinationHttpMethod": ["HEAD", "POST", "PATCH", "DELETE", "PUT", "GET", "OPTIONS"],
}

# Targets' settings are refused by what the target is, see TargetKind; what is inside those that no kind has is not looked at.
UNSEEN = {
    "KinesisParameters", "RunCommandParameters", "EcsParameters", "BatchParameters", "RedshiftDataParameters", "SageMakerPipelineParameters", "AppSyncParameters"
}

# Members that its service prints and its model does not have.
UNPUBLISHED = {"PutEventsRequestEntry": ["KmsKeyIdentifier", "InternalMetadata"]}

KEPT = ("min", "max", "pattern", "sensitive", "enum")


def shape(model, name, shapes):
    if name in shapes:
        return
    source = model["shapes"][name]
    kind = source["type"]
    out = {"type": kind}
    shapes[name] = out
    for key in KEPT:
        if key in source:
            out[key] = source[key]
    if name in ORDER:
        assert sorted(ORDER[name]) == sorted(source["enum"])
        out["enum"] = ORDER[name]
    if name in UNSEEN:
        return
    if kind == "structure":
        if source.get("required"):
            out["required"] = source["required"]
        out["members"] = {member: at["shape"] for member, at in source["members"].items()}
        if name in UNPUBLISHED:
            out["unpublished"] = UNPUBLISHED[name]
        refused = sorted(REFUSED & set(out["members"]))
        if refused:
            out["refused"] = refused
        for member, to in out["members"].items():
            if member not in REFUSED:
                shape(model, to, shapes)
        for member in refused:
            out["members"][member] = "Any"
    elif kind == "list":
        out["member"] = source["member"]["shape"]
        shape(model, out["member"], shapes)
    elif kind == "map":
        for part in ("key", "value"):
            out[part] = source[part]["shape"]
            shape(model, out[part], shapes)


def main():
    model = Loader().load_service_model("events", "service-2", "2015-10-07")
    shapes = {"Any": {"type": "any"}}
    operations = {name: model["operations"][name]["input"]["shape"] for name in OPERATIONS}
    for name in operations.values():
        shape(model, name, shapes)
    rows = [f'  {json.dumps(name)}: {json.dumps(at)}' for name, at in sorted(shapes.items())]
    print('{"source": "botocore, events/2015-10-07 (Apache License 2.0), by localstack/src/main/model/requests.py",')
    print(f'"operations": {json.dumps(operations)},')
    print('"shapes": {\n' + ",\n".join(rows) + "\n}}")


main()
