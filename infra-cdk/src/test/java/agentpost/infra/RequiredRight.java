package agentpost.infra;

import agentpost.infra.bytecode.AwsUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A right that a function's code needs: one action on what one of its settings names.
 *
 * @param setting the environment variable; empty where the request names no resource
 * @param value of the setting
 * @param indexes of a table, where these are asked and not the table itself
 * @param where the method that needs it
 */
record RequiredRight(
    String action, String setting, String value, Set<String> indexes, String where) {
  /** Where the SDK's package is not what actions begin with. */
  private static final Map<String, String> SERVICES =
      Map.of("eventbridge", "events", "sesv2", "ses", "sfn", "states");

  private static final Map<String, String> OF_S3 =
      Map.of(
          "HeadObject",
          "GetObject",
          "ListObjects",
          "ListBucket",
          "ListObjectsV2",
          "ListBucket",
          "HeadBucket",
          "ListBucket");

  /**
   * Parameters of requests that name the resource that IAM looks at; what others name is a part of
   * it, or nothing that has an ARN.
   */
  private static final Map<String, List<String>> PARAMETERS =
      Map.ofEntries(
          Map.entry("dynamodb", List.of("tableName", "requestItems")),
          Map.entry("sqs", List.of("queueUrl", "queueName")),
          Map.entry("secretsmanager", List.of("secretId")),
          Map.entry("eventbridge", List.of("eventBusName", "rule", "name")),
          Map.entry("scheduler", List.of("groupName")),
          Map.entry("iam", List.of("roleArn")),
          Map.entry("sesv2", List.of("fromEmailAddress")),
          Map.entry("lambda", List.of("functionName")),
          Map.entry("s3", List.of("bucket")),
          Map.entry("kms", List.of("keyId")),
          Map.entry("sns", List.of("topicArn")));

  /**
   * @param environment settings that the function has; a use whose resource none of them names has
   *     an empty one
   */
  static List<RequiredRight> of(AwsUse use, Map<String, String> environment) {
    String operation = use.operation();
    if (use.service().equals("sqs")) {
      operation = operation.replaceFirst("Batch$", "");
    } else if (use.service().equals("lambda") && operation.equals("Invoke")) {
      operation = "InvokeFunction";
    } else if (use.service().equals("s3")) {
      operation = OF_S3.getOrDefault(operation, operation);
    }
    String action = SERVICES.getOrDefault(use.service(), use.service()) + ":" + operation;
    Set<String> named = new TreeSet<>();
    PARAMETERS
        .getOrDefault(use.service(), List.of())
        .forEach(parameter -> named.addAll(use.settings().getOrDefault(parameter, Set.of())));
    named.retainAll(environment.keySet());
    Set<String> indexes = use.texts().getOrDefault("indexName", Set.of());
    List<RequiredRight> needs = new ArrayList<>();
    named.forEach(
        setting ->
            needs.add(
                new RequiredRight(
                    action, setting, environment.getOrDefault(setting, ""), indexes, use.where())));
    return needs.isEmpty()
        ? List.of(new RequiredRight(action, "", "", indexes, use.where()))
        : needs;
  }

  private String service() {
    return action.substring(0, action.indexOf(':'));
  }

  /** Whether a request like this is about a resource that a setting should name. */
  boolean lacksItsResource() {
    return setting.isEmpty()
        && PARAMETERS.keySet().stream()
            .anyMatch(known -> SERVICES.getOrDefault(known, known).equals(service()));
  }

  /**
   * What a role has to name. A setting may be the beginning of names, and a right may be on less
   * than all that begin so.
   */
  boolean isOn(String resource) {
    if (setting.isEmpty()) {
      return !resource.equals("*");
    }
    String last = value.substring(value.lastIndexOf('/') + 1);
    return switch (service()) {
      case "dynamodb" ->
          indexes.isEmpty()
              ? resource.endsWith(":table/" + value)
              : indexes.stream()
                  .anyMatch(index -> resource.endsWith(":table/" + value + "/index/" + index));
      case "sqs" ->
          value.contains("/")
              ? resource.endsWith(":" + last)
              : begins(after(resource, ":sqs:us-east-1:111122223333:"), value);
      case "secretsmanager" ->
          value.startsWith("arn:") ? resource.equals(value) : isSecret(after(resource, ":secret:"));
      case "events" ->
          value.startsWith("arn:")
              ? resource.equals(value)
              : resource.endsWith("/" + value) || resource.endsWith(":connection/" + value + "/*");
      case "lambda" -> begins(after(resource, ":function:"), value);
      // Whose of the group's schedules is looked at with what else a role lets an agent do in
      // others' names.
      case "scheduler" -> resource.contains(":schedule/" + value + "/");
      // Whose name mail may be in is looked at with what else a role lets an agent do in others'
      // names; recipients may be any identities.
      case "ses" -> resource.endsWith(":identity/*");
      case "s3" ->
          resource.equals("arn:aws:s3:::" + value)
              || resource.startsWith("arn:aws:s3:::" + value + "/");
      default ->
          resource.equals(value)
              || resource.endsWith("/" + value)
              || resource.endsWith(":" + value);
    };
  }

  private static String after(String resource, String what) {
    int at = resource.indexOf(what);
    return at < 0 ? "" : resource.substring(at + what.length());
  }

  private static boolean isBeginning(String value) {
    return value.endsWith("/") || value.endsWith("-");
  }

  private static boolean begins(String name, String value) {
    return isBeginning(value) ? name.startsWith(value) : name.equals(value);
  }

  private boolean isSecret(String name) {
    return isBeginning(value)
        ? name.startsWith(value)
        : name.matches(Pattern.quote(value) + "-.{6}");
  }
}
