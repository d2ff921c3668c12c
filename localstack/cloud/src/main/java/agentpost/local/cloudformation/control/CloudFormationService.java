package agentpost.local.cloudformation.control;

import agentpost.local.cloudformation.Deployer;
import agentpost.local.cloudformation.StackStatus;
import agentpost.local.cloudformation.SynthesizedStack;
import agentpost.local.cloudformation.UnsupportedTemplateException;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import agentpost.local.wire.QueryForm;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CloudFormation: stacks by change sets, as the CDK's command deploys them, and what there is to
 * know of them. What of a request it does not heed is refused by its name.
 */
public final class CloudFormationService implements AwsService, AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  /** What a stack is to become, and how. */
  private static final Set<String> OF_DEPLOYMENT =
      Set.of(
          "StackName",
          "TemplateBody",
          "TemplateURL",
          "Parameters",
          "Tags",
          "Capabilities",
          "RoleARN",
          "DeploymentConfig",
          "DisableRollback",
          "NotificationARNs",
          "ClientRequestToken");

  /** What of each operation's request is heeded, or asks for what is always so here. */
  private static final Map<String, Set<String>> MEMBERS =
      Map.ofEntries(
          Map.entry("CreateStack", OF_DEPLOYMENT),
          Map.entry("UpdateStack", OF_DEPLOYMENT),
          Map.entry("DescribeStacks", Set.of("StackName")),
          Map.entry("DescribeStackEvents", Set.of("StackName")),
          Map.entry("DescribeStackResources", Set.of("StackName", "LogicalResourceId")),
          Map.entry("ListStackResources", Set.of("StackName")),
          Map.entry("GetTemplate", Set.of("StackName", "TemplateStage")),
          Map.entry(
              "CreateChangeSet",
              Set.of(
                  "StackName",
                  "ChangeSetName",
                  "ChangeSetType",
                  "TemplateBody",
                  "TemplateURL",
                  "Parameters",
                  "Tags",
                  "Description",
                  "Capabilities",
                  "ClientToken",
                  "RoleARN",
                  "IncludeNestedStacks",
                  "ImportExistingResources",
                  "DeploymentConfig",
                  "NotificationARNs")),
          Map.entry(
              "DescribeChangeSet", Set.of("StackName", "ChangeSetName", "IncludePropertyValues")),
          Map.entry(
              "ExecuteChangeSet",
              Set.of("StackName", "ChangeSetName", "ClientRequestToken", "DisableRollback")),
          Map.entry("DeleteChangeSet", Set.of("StackName", "ChangeSetName")),
          Map.entry("ListChangeSets", Set.of("StackName")),
          Map.entry(
              "DeleteStack",
              Set.of("StackName", "ClientRequestToken", "RoleARN", "DeploymentConfig")));

  /** With another value something else would be asked for. */
  private static final Map<String, String> ONLY =
      Map.of(
          "ImportExistingResources", "false",
          "DisableRollback", "false",
          "DeploymentConfig.Mode", "STANDARD",
          "TemplateStage", "Original");

  private static final Pattern STACK_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,127}");
  private static final Pattern TEMPLATE_KEY = Pattern.compile("https?://.*/([0-9a-f]{64}\\.json)");

  private final StackRegistry registry;
  private final Deployer deployer;
  private final UploadedFiles uploads;
  private final ChangeSets changeSets;
  private final StackAnswers answers;

  /**
   * @param deploy what deploys a stack here
   * @param shown an output's value as a shell on this machine can use it
   * @param clock the cloud's
   */
  public CloudFormationService(
      StackRegistry registry,
      Deployer deployer,
      UploadedFiles uploads,
      Consumer<SynthesizedStack> deploy,
      UnaryOperator<String> shown,
      InstantSource clock) {
    this.registry = registry;
    this.deployer = deployer;
    this.uploads = uploads;
    this.changeSets = new ChangeSets(registry, deployer, deploy, clock);
    this.answers = new StackAnswers(registry, deployer, shown);
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    QueryForm form = QueryForm.of(request);
    Set<String> members = MEMBERS.get(form.action());
    if (members == null) {
      throw AwsException.badRequest(
          "InvalidAction", "The local cloud does not support the action " + form.action());
    }
    form.requireOnly(members);
    ONLY.forEach(
        (name, value) -> {
          if (!form.optional(name).orElse(value).equals(value)) {
            throw AwsException.badRequest(
                "ValidationError",
                "The local cloud does not support " + name + " other than " + value + ".");
          }
        });
    if (!form.texts("NotificationARNs").isEmpty()) {
      throw AwsException.badRequest(
          "ValidationError", "The local cloud does not support NotificationARNs.");
    }
    return switch (form.action()) {
      case "DescribeStacks" -> answers.stacks(describe(form));
      case "DescribeStackEvents" -> answers.events(eventsOf(form));
      case "DescribeStackResources" ->
          answers.resources(present(form), form.optional("LogicalResourceId"));
      case "ListStackResources" -> answers.resourceList(present(form));
      case "GetTemplate" -> answers.template(present(form));
      case "CreateChangeSet" -> answers.created(changeSets.create(request(form)));
      case "CreateStack", "UpdateStack" -> deploy(form);
      case "DescribeChangeSet" -> answers.changeSet(changeSet(form));
      case "ExecuteChangeSet" -> {
        changeSets.execute(changeSet(form));
        yield StackAnswers.empty(form.action());
      }
      case "DeleteChangeSet" -> {
        findChangeSet(form).ifPresent(changeSets::remove);
        yield StackAnswers.empty(form.action());
      }
      case "ListChangeSets" -> answers.changeSets(changeSets.of(present(form)));
      default -> {
        // There is nothing to do for a stack that is gone (API reference, DeleteStack).
        registry
            .find(form.required("StackName"))
            .filter(stack -> stack.deleted().isEmpty())
            .ifPresent(this::delete);
        yield StackAnswers.empty(form.action());
      }
    };
  }

  private List<StackRegistry.Summary> describe(QueryForm form) {
    Optional<String> name = form.optional("StackName");
    return name.isPresent()
        ? List.of(
            registry
                .find(name.get())
                .orElseThrow(
                    () ->
                        AwsException.badRequest(
                            "ValidationError", "Stack with id " + name.get() + " does not exist")))
        : registry.all();
  }

  private StackRegistry.Summary eventsOf(QueryForm form) {
    String name = form.required("StackName");
    return registry
        .find(name)
        .orElseThrow(
            () ->
                AwsException.badRequest("ValidationError", "Stack [" + name + "] does not exist"));
  }

  /** A stack that there is. */
  private StackRegistry.Summary present(QueryForm form) {
    String name = form.required("StackName");
    return registry
        .find(name)
        .filter(stack -> stack.deleted().isEmpty())
        .orElseThrow(
            () ->
                AwsException.badRequest(
                    "ValidationError", "Stack with id " + name + " does not exist"));
  }

  private ChangeSet changeSet(QueryForm form) {
    return findChangeSet(form)
        .orElseThrow(
            () ->
                new AwsException(
                    404,
                    "ChangeSetNotFound",
                    "ChangeSet [" + form.required("ChangeSetName") + "] does not exist"));
  }

  private Optional<ChangeSet> findChangeSet(QueryForm form) {
    String name = form.required("ChangeSetName");
    return form.optional("StackName").isEmpty()
        ? changeSets.find(name)
        : changeSets.find(present(form), name);
  }

  private void delete(StackRegistry.Summary stack) {
    if (stack.parent().isPresent()) {
      throw AwsException.badRequest(
          "ValidationError", "Stack [" + stack.name() + "] is nested: delete its parent");
    }
    if (stack.status().isUnderWay() && stack.status() != StackStatus.DELETE_IN_PROGRESS) {
      throw AwsException.badRequest(
          "ValidationError",
          "Stack [" + stack.name() + "] is in " + stack.status() + ": wait for its end");
    }
    if (stack.status() != StackStatus.DELETE_IN_PROGRESS) {
      changeSets.delete(stack);
    }
  }

  /** As a change set that nobody reviews. */
  private AwsResponse deploy(QueryForm form) {
    boolean isCreation = form.action().equals("CreateStack");
    ChangeSet made =
        changeSets.create(request(form, form.action() + "-" + UUID.randomUUID(), isCreation));
    if (!made.reason().isEmpty()) {
      changeSets.remove(made);
      throw AwsException.badRequest("ValidationError", "No updates are to be performed.");
    }
    changeSets.execute(made);
    return StackAnswers.deployed(form.action(), made);
  }

  private ChangeSets.Request request(QueryForm form) {
    boolean isCreation =
        switch (form.optional("ChangeSetType").orElse("UPDATE")) {
          case "CREATE" -> true;
          case "UPDATE" -> false;
          default ->
              throw AwsException.badRequest(
                  "ValidationError",
                  "The local cloud does not support ChangeSetType other than CREATE and UPDATE.");
        };
    return request(form, form.required("ChangeSetName"), isCreation);
  }

  private ChangeSets.Request request(QueryForm form, String changeSet, boolean isCreation) {
    String stack = form.required("StackName");
    String name = registry.find(stack).map(StackRegistry.Summary::name).orElse(stack);
    if (!STACK_NAME.matcher(name).matches()) {
      throw AwsException.badRequest(
          "ValidationError",
          "A stack's name is up to 128 letters, digits and hyphens, a letter first; got " + name);
    }
    Map<String, String> tags = new TreeMap<>();
    form.structures("Tags")
        .forEach(tag -> tags.put(tag.getOrDefault("Key", ""), tag.getOrDefault("Value", "")));
    try {
      return new ChangeSets.Request(
          changeSet,
          uploads.collect(name, template(form), parameters(name, form)),
          tags,
          form.optional("Description").orElse(""),
          isCreation);
    } catch (UnsupportedTemplateException e) {
      throw AwsException.badRequest("ValidationError", String.valueOf(e.getMessage()));
    }
  }

  private JsonNode template(QueryForm form) {
    String text =
        form.optional("TemplateBody").orElseGet(() -> uploaded(form.required("TemplateURL")));
    try {
      JsonNode template = JSON.readTree(text);
      if (!template.path("Resources").isObject() || template.path("Resources").isEmpty()) {
        throw AwsException.badRequest(
            "ValidationError",
            "Template format error: At least one Resources member must be defined.");
      }
      return template;
    } catch (JsonProcessingException e) {
      throw AwsException.badRequest(
          "ValidationError",
          "Template format error: the local cloud reads JSON, and this is none: "
              + e.getOriginalMessage());
    }
  }

  private String uploaded(String url) {
    Matcher key = TEMPLATE_KEY.matcher(url);
    if (!key.matches()) {
      throw AwsException.badRequest(
          "ValidationError",
          "The local cloud reads templates from " + UploadedFiles.BUCKET + " only; got " + url);
    }
    return uploads
        .read(key.group(1))
        .orElseThrow(
            () ->
                AwsException.badRequest("ValidationError", "S3 error: there is nothing at " + url));
  }

  private Map<String, String> parameters(String stack, QueryForm form) {
    Map<String, String> before =
        deployer.find(stack).map(Deployer.Deployed::parameters).orElse(Map.of());
    Map<String, String> all = new HashMap<>();
    for (Map<String, String> one : form.structures("Parameters")) {
      String key = one.getOrDefault("ParameterKey", "");
      if (!"true".equals(one.get("UsePreviousValue"))) {
        all.put(key, one.getOrDefault("ParameterValue", ""));
      } else if (before.containsKey(key)) {
        all.put(key, before.get(key));
      }
    }
    return all;
  }

  /** What it answers. */
  public static Set<String> operations() {
    return MEMBERS.keySet();
  }

  /** Waits for what is being deployed to stop. */
  @Override
  public void close() {
    changeSets.close();
    uploads.close();
  }
}
