package agentpost.local.iam;

import agentpost.local.cloudformation.Provider;
import agentpost.local.cloudformation.Provider.Made;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * What a template says about rights, from its resources: roles and their policies, policies of queues and log groups, permissions of functions, and
 * who was given which role. What it says and IAM would do, and nothing here does, is refused by name.
 */
public final class Declared {
  private static final String HERE = "us-east-1:" + Rights.ACCOUNT + ":";

  /** What Lambda's pollers do with a queue, by the function's role (Lambda developer guide, "Using Lambda with Amazon SQS"). */
  private static final List<String> POLLING = List.of("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes");

  private final Rights rights;
  private final Calls calls;
  private final AtomicInteger roles = new AtomicInteger();

  public Declared(Rights rights, Calls calls) {
    this.rights = rights;
    this.calls = calls;
  }

  /** The same providers, and what they make is known to the rights too. */
  public Map<String, Provider> over(Map<String, Provider> providers) {
    Map<String, Provider> all = new HashMap<>(providers);
    all.put("AWS::IAM::Role", this::role);
    all.put("AWS::IAM::Policy", this::policy);
    all.put("AWS::Lambda::Permission", this::permission);
    all.put("AWS::SQS::QueuePolicy", this::queuePolicy);
    all.put("AWS::Logs::ResourcePolicy", this::logPolicy);
    after(all, "AWS::SQS::Queue", (made, _) -> rights.protect(attribute(made, "Arn"), List.of()));
    after(all, "AWS::Logs::LogGroup", (made, _) -> rights.protect(attribute(made, "Arn"), List.of()));
    after(all, "AWS::Events::Rule", (made, _) -> rights.ruleOfTemplate(attribute(made, "Arn")));
    after(all, "AWS::DynamoDB::Table", (_, properties) -> calls.table(properties));
    after(
        all,
        "AWS::Lambda::Function",
        (made, properties) -> {
          rights.giveTo(made.ref(), properties.path("Role").asText());
          rights.protect(attribute(made, "Arn"), List.of());
        });
    before(all, "AWS::Lambda::EventSourceMapping", this::checkPolling);
    before(
        all,
        "AWS::Scheduler::Schedule",
        properties -> {
          String role = properties.path("Target").path("RoleArn").asText();
          // As Scheduler answers CreateSchedule.
          if (rights.byRole("scheduler.amazonaws.com", role, "", new Call("", "")).orElse(null) instanceof Rights.Refusal.CannotAssume(var why)) {
            throw new IllegalArgumentException("the execution role must allow AWS EventBridge Scheduler to assume it: " + why);
          }
        });
    return all;
  }

  private static void after(Map<String, Provider> all, String type, BiConsumer<Made, ObjectNode> then) {
    Optional.ofNullable(all.get(type))
        .ifPresent(
            provider ->
                all.put(
                    type,
                    (id, properties) -> {
                      Made made = provider.make(id, properties);
                      then.accept(made, properties);
                      return made;
                    }));
  }

  private interface Check {
    void on(ObjectNode properties);
  }

  private static void before(Map<String, Provider> all, String type, Check check) {
    Optional.ofNullable(all.get(type))
        .ifPresent(
            provider ->
                all.put(
                    type,
                    (id, properties) -> {
                      check.on(properties);
                      return provider.make(id, properties);
                    }));
  }

  private static String attribute(Made made, String name) {
    return made.attributes().getOrDefault(name, "");
  }

  private static void refuse(JsonNode properties, String... names) {
    for (String name : names) {
      if (properties.hasNonNull(name)) {
        throw new IllegalArgumentException("the local cloud does not support its " + name);
      }
    }
  }

  /** Logical ids are the same in every agent's stack; CloudFormation makes names of them that are not. */
  private Made role(String id, ObjectNode properties) {
    refuse(properties, "PermissionsBoundary", "ManagedPolicyArns");
    String name = properties.path("RoleName").asText(id + "-" + Integer.toString(roles.incrementAndGet(), Character.MAX_RADIX).toUpperCase(Locale.ROOT));
    String arn = rights.declare(name, Statement.ofPolicy(properties.path("AssumeRolePolicyDocument")));
    properties.path("Policies").forEach(policy -> rights.attach(name, Statement.ofPolicy(policy.path("PolicyDocument"))));
    return new Made(name, Map.of("Arn", arn));
  }

  private Made policy(String id, ObjectNode properties) {
    refuse(properties, "Users", "Groups");
    List<Statement> statements = Statement.ofPolicy(properties.path("PolicyDocument"));
    properties.path("Roles").forEach(role -> rights.attach(role.asText(), statements));
    return new Made(id, Map.of());
  }

  private Made permission(String id, ObjectNode properties) {
    refuse(properties, "EventSourceToken", "PrincipalOrgID", "FunctionUrlAuthType");
    String function = properties.path("FunctionName").asText();
    String arn = function.startsWith("arn:") ? function : "arn:aws:lambda:" + HERE + "function:" + function;
    List<Condition> conditions = new ArrayList<>();
    if (properties.hasNonNull("SourceArn")) {
      conditions.add(Condition.of("ArnLike", "aws:SourceArn", List.of(properties.path("SourceArn").asText())));
    }
    if (properties.hasNonNull("SourceAccount")) {
      conditions.add(Condition.of("StringEquals", "aws:SourceAccount", List.of(properties.path("SourceAccount").asText())));
    }
    rights.protect(arn, List.of(new Statement(true, List.of(properties.path("Action").asText()), List.of(arn), conditions, List.of(properties.path("Principal").asText()))));
    return new Made(id, Map.of());
  }

  private Made queuePolicy(String id, ObjectNode properties) {
    List<Statement> statements = Statement.ofPolicy(properties.path("PolicyDocument"));
    for (JsonNode queue : properties.path("Queues")) {
      rights.protect("arn:aws:sqs:" + HERE + queue.asText().substring(queue.asText().lastIndexOf('/') + 1), statements);
    }
    return new Made(id, Map.of());
  }

  private Made logPolicy(String id, ObjectNode properties) {
    try {
      rights.protectLogs(Statement.ofPolicy(new JsonMapper().readTree(properties.path("PolicyDocument").asText())));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("its PolicyDocument is not JSON", e);
    }
    return new Made(id, Map.of());
  }

  /** As Lambda answers CreateEventSourceMapping. */
  private void checkPolling(ObjectNode properties) {
    String function = properties.path("FunctionName").asText().replaceFirst("^arn:.*:function:", "").replaceFirst(":.*", "");
    String role = rights.roleOf(function).orElse("");
    for (String action : POLLING) {
      rights
          .byRole("lambda.amazonaws.com", role, "", new Call(action, properties.path("EventSourceArn").asText()))
          .ifPresent(
              refusal -> {
                throw new IllegalArgumentException("the execution role of " + function + " does not have permissions to call " + action + " on the queue: " + refusal.why());
              });
    }
  }
}
