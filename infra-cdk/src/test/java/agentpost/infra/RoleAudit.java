package agentpost.infra;

import agentpost.infra.bytecode.ReachabilityAnalysis;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What functions' roles allow beside what their code needs: a right too many, a right too few, and
 * a star where there is a name to give.
 */
final class RoleAudit {
  /**
   * What Lambda itself does with a function's role, whatever the code does, by action; the second
   * is what it may be on.
   */
  private static final Map<String, String> OF_THE_RUNTIME =
      Map.of(
          "logs:CreateLogStream", "the function's own log group",
          "logs:PutLogEvents", "the function's own log group",
          "xray:PutTraceSegments", "*, for X-Ray has no resources to name",
          "xray:PutTelemetryRecords", "*, for X-Ray has no resources to name");

  /** What Lambda's pollers do with a queue, by the function's role. */
  private static final List<String> POLLING =
      List.of("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes");

  /**
   * By handler: why no setting names what it is called on. Its role still has to have each action,
   * and none besides.
   */
  private static final Map<String, String> NAMED_BY_THE_EVENT =
      Map.of(
          "agentpost.rotation.RotationHandler",
          "Secrets Manager names the secret; a tag on it and its key bound the role");

  /**
   * By handler: under which source its events are, where neither AGENT nor SOURCES is among its
   * settings.
   */
  private static final Map<String, String> OWN_SOURCE =
      Map.of(
          "agentpost.callback.CallbackHandler", "operations",
          "agentpost.callback.TimeoutHandler", "operations",
          "agentpost.deadletter.RecoveryHandler", "health",
          "agentpost.alert.AlertsHandler", "alerts");

  private final DocumentedNames named;
  private final List<DocumentedNames> all;

  /**
   * @param all templates, where secrets and their keys are looked for
   */
  private RoleAudit(DocumentedNames named, List<DocumentedNames> all) {
    this.named = named;
    this.all = all;
  }

  /** A right of a role. */
  private record Right(String action, String resource) {}

  static List<String> findings(Template root, List<Template> nested) {
    List<DocumentedNames> all =
        Stream.concat(
                Stream.of(new DocumentedNames(root, Optional.empty())),
                nested.stream().map(template -> new DocumentedNames(template, Optional.of(root))))
            .toList();
    return all.stream().flatMap(named -> new RoleAudit(named, all).findings().stream()).toList();
  }

  private List<String> findings() {
    List<String> findings = new ArrayList<>();
    for (Template.Resource function : named.template().all("AWS::Lambda::Function")) {
      findings.addAll(findings(function));
    }
    return findings;
  }

  private Set<String> findings(Template.Resource function) {
    String name = named.text(function.at("/FunctionName"));
    String handler = function.text("/Handler");
    Set<String> findings = new LinkedHashSet<>();
    Set<Right> rights = rights(function, name, findings);
    List<RequiredRight> needs = needs(function, handler);
    for (RequiredRight need : needs) {
      if (need.lacksItsResource() && !NAMED_BY_THE_EVENT.containsKey(handler)) {
        findings.add(
            name
                + ": "
                + need.where()
                + " calls "
                + need.action()
                + ", and no setting of the function says on what");
      } else if (rights.stream()
          .noneMatch(
              right -> right.action().equals(need.action()) && need.isOn(right.resource()))) {
        findings.add(
            name
                + ": may not "
                + need.action()
                + on(need)
                + ", which "
                + need.where()
                + " needs, reachable from "
                + handler);
      }
    }
    for (Right right : rights) {
      if (needs.stream()
          .noneMatch(need -> need.action().equals(right.action()) && need.isOn(right.resource()))) {
        findings.add(
            name
                + ": may "
                + right.action()
                + " on "
                + right.resource()
                + ", which no call reachable from "
                + handler
                + " needs");
      }
    }
    return findings;
  }

  private static String on(RequiredRight need) {
    return (need.setting().isEmpty() ? "" : " on " + need.value() + " (" + need.setting() + ")")
        + (need.indexes().isEmpty() ? "" : ", its index " + String.join(", ", need.indexes()));
  }

  /** Those that its code is to need; those of the runtime are not among them. */
  private Set<Right> rights(Template.Resource function, String name, Set<String> findings) {
    Set<Right> rights = new LinkedHashSet<>();
    String roleId = function.at("/Role/Fn::GetAtt/0").asText();
    Optional<Template.Resource> role =
        named.template().all("AWS::IAM::Role").stream()
            .filter(one -> one.id().equals(roleId))
            .findFirst();
    if (role.isEmpty()) {
      findings.add(name + ": its role is not in its template");
      return rights;
    }
    function.template().texts(role.get().at("/ManagedPolicyArns")).stream()
        .filter(arn -> !arn.isEmpty())
        .forEach(
            arn ->
                findings.add(
                    name
                        + ": has the managed policy "
                        + arn
                        + ", and nobody here counts what that allows"));
    List<JsonNode> statements = new ArrayList<>(named.template().rights(role.get()));
    role.get()
        .at("/Policies")
        .forEach(policy -> policy.at("/PolicyDocument/Statement").forEach(statements::add));
    for (JsonNode statement : statements) {
      if (!statement.has("Action") || !statement.has("Resource")) {
        findings.add(name + ": a statement has no Action or no Resource: " + statement);
      }
      if (statement.path("Effect").asText().equals("Allow")) {
        findings.addAll(others(function, name, statement));
        for (String action : Template.strings(statement.path("Action"))) {
          named
              .texts(statement.path("Resource"))
              .forEach(resource -> right(action, resource, name, findings).ifPresent(rights::add));
        }
      }
    }
    return rights;
  }

  /**
   * What a statement lets a function do in the name of others: publish as they do, write the rows
   * of theirs, send mail, or change what they planned.
   */
  private List<String> others(Template.Resource function, String name, JsonNode statement) {
    List<String> findings = new ArrayList<>();
    List<String> actions = Template.strings(statement.path("Action"));
    Map<String, String> settings = new TreeMap<>();
    function
        .at("/Environment/Variables")
        .properties()
        .forEach(variable -> settings.put(variable.getKey(), named.text(variable.getValue())));
    String own = settings.getOrDefault("AGENT", settings.getOrDefault("PROCESSOR", ""));
    if (actions.contains("events:PutEvents")) {
      List<String> sources =
          Template.strings(statement.at("/Condition/ForAllValues:StringEquals/events:source"));
      Set<String> expected =
          Set.of(
              settings
                  .getOrDefault(
                      "SOURCES",
                      own.isEmpty() ? OWN_SOURCE.getOrDefault(function.text("/Handler"), "") : own)
                  .split(","));
      if (!Set.copyOf(sources).equals(expected)) {
        findings.add(
            name
                + ": may put events as "
                + (sources.isEmpty() ? "anyone" : String.join(", ", sources))
                + ", and its own source is "
                + String.join(", ", new TreeSet<>(expected)));
      }
    }
    if (!own.isEmpty() && actions.stream().anyMatch(action -> action.startsWith("dynamodb:"))) {
      List<String> keys =
          new ArrayList<>(
              Template.strings(
                  statement.at("/Condition/ForAllValues:StringEquals/dynamodb:LeadingKeys")));
      keys.addAll(
          Template.strings(
              statement.at("/Condition/ForAllValues:StringLike/dynamodb:LeadingKeys")));
      if (keys.isEmpty() || !Set.of(own, own + "-worker", own + ".*").containsAll(keys)) {
        findings.add(
            name
                + ": may "
                + String.join(", ", actions)
                + " on rows of others in "
                + String.join(", ", named.texts(statement.path("Resource"))));
      }
    }
    if (actions.contains("ses:SendEmail")) {
      List<String> senders =
          Template.strings(statement.at("/Condition/StringEquals/ses:FromAddress"));
      if (!senders.equals(List.of(settings.getOrDefault("EMAIL_FROM", "")))) {
        findings.add(
            name
                + ": may send mail as "
                + (senders.isEmpty() ? "anyone" : String.join(", ", senders))
                + ", and its sender is "
                + settings.getOrDefault("EMAIL_FROM", ""));
      }
    }
    if (actions.stream().anyMatch(action -> action.startsWith("scheduler:"))) {
      String schedules =
          ":schedule/" + settings.getOrDefault("SCHEDULE_GROUP", "") + "/" + own + ".*";
      named.texts(statement.path("Resource")).stream()
          .filter(resource -> own.isEmpty() || !resource.endsWith(schedules))
          .forEach(
              resource ->
                  findings.add(
                      name
                          + ": may "
                          + String.join(", ", actions)
                          + " on schedules of others in "
                          + resource));
    }
    return findings;
  }

  private static Optional<Right> right(
      String action, String resource, String function, Set<String> findings) {
    String allowed = OF_THE_RUNTIME.getOrDefault(action, "");
    if (action.contains("*") || action.contains("?")) {
      findings.add(
          function
              + ": may "
              + action
              + " on "
              + resource
              + ": an action has a name, without a star");
      return Optional.empty();
    }
    if (allowed.startsWith("*")
        ? resource.equals("*")
        : !allowed.isEmpty() && resource.endsWith(":log-group:/aws/lambda/" + function + ":*")) {
      return Optional.empty();
    }
    if (resource.equals("*")) {
      findings.add(function + ": may " + action + " on everything");
      return Optional.empty();
    }
    return Optional.of(new Right(action, resource));
  }

  private List<RequiredRight> needs(Template.Resource function, String handler) {
    Map<String, String> environment = new TreeMap<>();
    function
        .at("/Environment/Variables")
        .properties()
        .forEach(variable -> environment.put(variable.getKey(), named.text(variable.getValue())));
    List<RequiredRight> needs = new ArrayList<>();
    ReachabilityAnalysis.from(handler)
        .uses()
        .forEach(use -> needs.addAll(RequiredRight.of(use, environment)));
    List.copyOf(needs).forEach(need -> needs.addAll(ofConnections(need)));
    List.copyOf(needs).forEach(need -> needs.addAll(ofKeys(need)));
    if (all.stream()
        .allMatch(each -> each.template().all("AWS::StepFunctions::StateMachine").isEmpty())) {
      // Tasks are told only of operations that a workflow asked for, and there is none (-c
      // workflow=false).
      needs.removeIf(need -> need.action().startsWith("states:SendTask"));
    }
    if (!environment.containsKey("FUNCTION_PREFIX")) {
      // Who is not told of hosted agents' functions calls them at the API.
      needs.removeIf(need -> need.action().equals("lambda:InvokeFunction"));
    }
    String arn = named.text(function.at("/FunctionName"));
    for (Template.Resource mapping : named.template().all("AWS::Lambda::EventSourceMapping")) {
      if (named.text(mapping.at("/FunctionName")).contains(":function:" + arn + ":")) {
        String queue = named.text(mapping.at("/EventSourceArn"));
        POLLING.forEach(
            action ->
                needs.add(
                    new RequiredRight(
                        action,
                        mapping.id(),
                        queue.substring(queue.lastIndexOf(':') + 1),
                        Set.of(),
                        "its event source mapping")));
      }
    }
    return needs;
  }

  /**
   * EventBridge writes a connection's secret with the rights of who updates the connection
   * (resource type AWS::Events::Connection, permissions of its update handler).
   */
  private static List<RequiredRight> ofConnections(RequiredRight need) {
    return need.action().equals("events:UpdateConnection")
        ? Stream.of("CreateSecret", "UpdateSecret", "GetSecretValue", "PutSecretValue")
            .map(
                action ->
                    new RequiredRight(
                        "secretsmanager:" + action,
                        need.setting(),
                        "events!connection/" + need.value() + "/",
                        Set.of(),
                        need.where()))
            .toList()
        : List.of();
  }

  /** Who reads or writes a secret that has a key of its own needs the key, too. */
  private List<RequiredRight> ofKeys(RequiredRight need) {
    if (!need.action().startsWith("secretsmanager:")) {
      return List.of();
    }
    List<String> actions =
        switch (need.action()) {
          case "secretsmanager:GetSecretValue" -> List.of("kms:Decrypt");
          case "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret" ->
              List.of("kms:Decrypt", "kms:GenerateDataKey");
          default -> List.of();
        };
    Set<String> keys = new LinkedHashSet<>();
    for (DocumentedNames each : all) {
      for (Template.Resource secret : each.template().all("AWS::SecretsManager::Secret")) {
        if (secret.properties().has("KmsKeyId")
            && need.isOn(
                "arn:aws:secretsmanager:us-east-1:111122223333:secret:"
                    + each.text(secret.at("/Name"))
                    + "-AbCdEf")) {
          keys.add(each.text(secret.at("/KmsKeyId")));
        }
      }
    }
    return keys.stream()
        .flatMap(
            key ->
                actions.stream()
                    .map(
                        action ->
                            new RequiredRight(action, need.setting(), key, Set.of(), need.where())))
        .toList();
  }
}
