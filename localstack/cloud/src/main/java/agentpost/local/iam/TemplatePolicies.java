package agentpost.local.iam;

import agentpost.local.cloudformation.Provider;
import agentpost.local.cloudformation.Provider.Made;
import agentpost.local.policy.ActionRequest;
import agentpost.local.policy.Policy;
import agentpost.local.policy.ResourcePolicies;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * What a template says about rights, from its resources: roles and their policies, policies of
 * queues and log groups, permissions of functions, and who was given which role. What it says and
 * IAM would do, and nothing here does, is refused by name.
 */
public final class TemplatePolicies {
  private static final String HERE = "us-east-1:" + Authorizer.ACCOUNT + ":";

  /**
   * What Lambda's pollers do with a queue, by the function's role (Lambda developer guide, "Using
   * Lambda with Amazon SQS").
   */
  private static final List<String> POLLING =
      List.of("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes");

  private final Authorizer rights;
  private final ResourcePolicies resources;
  private final ActionMapper calls;
  private final AtomicInteger names = new AtomicInteger();

  public TemplatePolicies(Authorizer rights, ResourcePolicies resources, ActionMapper calls) {
    this.rights = rights;
    this.resources = resources;
    this.calls = calls;
  }

  /** The same providers, and what they make, change and take away is known to the rights too. */
  public Map<String, Provider> wrap(Map<String, Provider> providers) {
    Map<String, Provider> all = new HashMap<>(providers);
    all.put("AWS::IAM::Role", new RoleProvider());
    all.put("AWS::IAM::Policy", policies(this::policy));
    all.put("AWS::IAM::ManagedPolicy", policies(this::policy));
    all.put("AWS::Lambda::Permission", policies(this::permission));
    all.put("AWS::SQS::QueuePolicy", policies(this::queuePolicy));
    all.put("AWS::Logs::ResourcePolicy", policies(this::logPolicy));
    for (String type : List.of("AWS::SQS::Queue", "AWS::Logs::LogGroup")) {
      wrapProvider(all, type, _ -> {}, (made, _) -> resources.declare(attribute(made, "Arn")));
    }
    wrapProvider(
        all,
        "AWS::Events::Rule",
        _ -> {},
        (made, _) -> rights.ruleOfTemplate(attribute(made, "Arn")));
    wrapProvider(
        all, "AWS::DynamoDB::Table", _ -> {}, (made, properties) -> calls.table(properties));
    wrapProvider(
        all,
        "AWS::Lambda::Function",
        _ -> {},
        (made, properties) -> {
          rights.giveTo(made.ref(), properties.path("Role").asText());
          resources.declare(attribute(made, "Arn"));
        });
    wrapProvider(all, "AWS::Lambda::EventSourceMapping", this::checkPolling, (_, _) -> {});
    wrapProvider(all, "AWS::Scheduler::Schedule", this::checkSchedule, (_, _) -> {});
    return all;
  }

  private interface Check {
    void check(ObjectNode properties);
  }

  /** As the type's own provider makes it, between these two. */
  private void wrapProvider(
      Map<String, Provider> all, String type, Check before, BiConsumer<Made, ObjectNode> after) {
    Provider provider = all.get(type);
    if (provider == null) {
      return;
    }
    Provider make =
        (id, properties) -> {
          before.check(properties);
          Made made = provider.make(id, properties);
          after.accept(made, properties);
          return made;
        };
    if (!(provider instanceof Provider.Changeable changeable)) {
      all.put(
          type,
          provider instanceof Provider.Removable removable
              ? Provider.fixed(make, removable::remove)
              : make);
      return;
    }
    all.put(
        type,
        new Provider.Changeable() {
          @Override
          public Set<String> identity() {
            return changeable.identity();
          }

          @Override
          public Made make(String id, ObjectNode properties) {
            return make.make(id, properties);
          }

          @Override
          public Made update(String id, Made old, ObjectNode properties) {
            before.check(properties);
            Made made = changeable.update(id, old, properties);
            after.accept(made, properties);
            return made;
          }

          @Override
          public void remove(String id, Made made) {
            changeable.remove(id, made);
            rights.forget(made.ref(), attribute(made, "Arn"));
          }
        });
  }

  /** What a policy says, under the name that it is withdrawn by. */
  private interface PolicyOf {
    void put(String name, ObjectNode properties);
  }

  private Provider policies(PolicyOf policy) {
    return new Provider.Changeable() {
      @Override
      public Made make(String id, ObjectNode properties) {
        String name = uniqueName(id);
        policy.put(name, properties);
        return new Made(name, Map.of());
      }

      @Override
      public Made update(String id, Made before, ObjectNode properties) {
        rights.withdraw(before.ref());
        policy.put(before.ref(), properties);
        return before;
      }

      @Override
      public void remove(String id, Made made) {
        rights.withdraw(made.ref());
      }
    };
  }

  /**
   * Logical ids are the same in every agent's stack; CloudFormation makes names of them that are
   * not.
   */
  private String uniqueName(String logicalId) {
    return logicalId
        + "-"
        + Integer.toString(names.incrementAndGet(), Character.MAX_RADIX).toUpperCase(Locale.ROOT);
  }

  private final class RoleProvider implements Provider.Changeable {
    @Override
    public Set<String> identity() {
      return Set.of("RoleName");
    }

    @Override
    public Made make(String id, ObjectNode properties) {
      return put(properties.path("RoleName").asText(uniqueName(id)), properties);
    }

    @Override
    public Made update(String id, Made before, ObjectNode properties) {
      return put(before.ref(), properties);
    }

    @Override
    public void remove(String id, Made made) {
      rights.forgetRole(attribute(made, "Arn"));
    }

    private Made put(String name, ObjectNode properties) {
      refuse(properties, "PermissionsBoundary", "ManagedPolicyArns");
      String arn =
          rights.declare(name, Policy.ofResource(properties.path("AssumeRolePolicyDocument")));
      List<Policy> inline =
          properties
              .path("Policies")
              .valueStream()
              .map(policy -> Policy.ofIdentity(policy.path("PolicyDocument")))
              .toList();
      rights.attach(name, "inline", Policy.union(inline));
      return new Made(name, Map.of("Arn", arn));
    }
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

  private void policy(String name, ObjectNode properties) {
    refuse(properties, "Users", "Groups");
    Policy policy = Policy.ofIdentity(properties.path("PolicyDocument"));
    properties.path("Roles").forEach(role -> rights.attach(role.asText(), name, policy));
  }

  /** As Lambda's AddPermission writes it into the function's policy. */
  private void permission(String name, ObjectNode properties) {
    refuse(properties, "EventSourceToken", "PrincipalOrgID");
    String function = properties.path("FunctionName").asText();
    String arn =
        function.startsWith("arn:") ? function : "arn:aws:lambda:" + HERE + "function:" + function;
    String principal = properties.path("Principal").asText();
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ObjectNode statement =
        document
            .putObject("Statement")
            .put("Effect", "Allow")
            .put("Action", properties.path("Action").asText())
            .put("Resource", arn);
    statement
        .putObject("Principal")
        .put(principal.endsWith(".amazonaws.com") ? "Service" : "AWS", principal);
    ObjectNode condition = statement.putObject("Condition");
    if (properties.hasNonNull("SourceArn")) {
      condition.putObject("ArnLike").set("aws:SourceArn", properties.path("SourceArn"));
    }
    if (properties.hasNonNull("SourceAccount")) {
      condition
          .putObject("StringEquals")
          .set("aws:SourceAccount", properties.path("SourceAccount"));
    }
    if (properties.hasNonNull("FunctionUrlAuthType")) {
      condition
          .withObject("/StringEquals")
          .set("lambda:FunctionUrlAuthType", properties.path("FunctionUrlAuthType"));
    }
    if (properties.path("InvokedViaFunctionUrl").asBoolean()) {
      condition.putObject("Bool").put("lambda:InvokedViaFunctionUrl", "true");
    }
    resources.add(arn, name, Policy.ofResource(document));
  }

  private void queuePolicy(String name, ObjectNode properties) {
    for (JsonNode queue : properties.path("Queues")) {
      resources.replace(
          "arn:aws:sqs:" + HERE + queue.asText().substring(queue.asText().lastIndexOf('/') + 1),
          name,
          properties.path("PolicyDocument"));
    }
  }

  private void logPolicy(String name, ObjectNode properties) {
    try {
      resources.addForLogs(
          name,
          Policy.ofResource(new JsonMapper().readTree(properties.path("PolicyDocument").asText())));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("its PolicyDocument is not JSON", e);
    }
  }

  /** As Scheduler answers CreateSchedule. */
  private void checkSchedule(ObjectNode properties) {
    String role = properties.path("Target").path("RoleArn").asText();
    if (rights.byRole("scheduler.amazonaws.com", role, "", new ActionRequest("", "")).orElse(null)
        instanceof Authorizer.Refusal.CannotAssume(var why)) {
      throw new IllegalArgumentException(
          "the execution role must allow AWS EventBridge Scheduler to assume it: " + why);
    }
  }

  /** As Lambda answers CreateEventSourceMapping. */
  private void checkPolling(ObjectNode properties) {
    String function =
        properties
            .path("FunctionName")
            .asText()
            .replaceFirst("^arn:.*:function:", "")
            .replaceFirst(":.*", "");
    String role = rights.roleOf(function).orElse("");
    for (String action : POLLING) {
      rights
          .byRole(
              "lambda.amazonaws.com",
              role,
              "",
              new ActionRequest(action, properties.path("EventSourceArn").asText()))
          .ifPresent(
              refusal -> {
                throw new IllegalArgumentException(
                    "the execution role of "
                        + function
                        + " does not have permissions to call "
                        + action
                        + " on the queue: "
                        + refusal.why());
              });
    }
  }
}
