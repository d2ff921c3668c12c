package agentpost.local;

/**
 * The local cloud keeps to a template's roles and policies: what is missing fails here, as it would
 * on AWS. Templates are written with single quotes.
 */
abstract class RightsTestBed {
  static final String HERE = "us-east-1:000000000000:";

  static String role(String id, String service, String... statements) {
    return "'"
        + id
        + "':{'Type':'AWS::IAM::Role','Properties':{'AssumeRolePolicyDocument':{'Statement':[{'Effect':'Allow','Action':'sts:AssumeRole','Principal':{'Service':'"
        + service
        + "'},'Condition':{'StringEqualsIfExists':{'aws:SourceAccount':{'Ref':'AWS::AccountId'}}}}]}}},"
        + "'"
        + id
        + "Policy':{'Type':'AWS::IAM::Policy','Properties':{'PolicyName':'p','Roles':[{'Ref':'"
        + id
        + "'}],'PolicyDocument':{'Statement':["
        + String.join(",", statements)
        + "]}}}";
  }

  static String allow(String action, String resource, String... more) {
    return "{'Effect':'Allow','Action':"
        + action
        + ",'Resource':"
        + resource
        + String.join("", more)
        + "}";
  }

  static String arn(String resource) {
    return "{'Fn::GetAtt':['" + resource + "','Arn']}";
  }

  static String function(String name, String role, String handler) {
    return "'"
        + name
        + "':{'Type':'AWS::Lambda::Function','DependsOn':['"
        + role
        + "Policy'],'Properties':{'FunctionName':'"
        + name
        + "','Role':"
        + arn(role)
        + ",'Handler':'agentpost.local.testing."
        + handler
        + "'}},'"
        + name
        + "Log':{'Type':'AWS::Logs::LogGroup','Properties':{'LogGroupName':'/aws/lambda/"
        + name
        + "'}}";
  }

  static String queue(String name) {
    return "'" + name + "':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'" + name + "'}}";
  }

  static String template(String outputs, String... resources) {
    return ("{'Resources':{" + String.join(",", resources) + "},'Outputs':{" + outputs + "}}")
        .replace('\'', '"');
  }
}
