package agentpost.local.cloudformation.control;

import agentpost.local.cloudformation.Deployer;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.Xml;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** What is told of stacks and change sets, in the shapes of CloudFormation's API reference. */
final class StackAnswers {
  private static final String NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

  private final StackRegistry registry;
  private final Deployer deployer;
  private final UnaryOperator<String> shown;

  StackAnswers(StackRegistry registry, Deployer deployer, UnaryOperator<String> shown) {
    this.registry = registry;
    this.deployer = deployer;
    this.shown = shown;
  }

  private static AwsResponse answer(String action, Consumer<Xml> result) {
    return Xml.answer(action, NAMESPACE, result);
  }

  static AwsResponse empty(String action) {
    return answer(action, _ -> {});
  }

  private static <T> void list(Xml xml, String name, List<T> all, BiConsumer<Xml, T> one) {
    xml.element(
        name,
        members ->
            all.forEach(each -> members.element("member", member -> one.accept(member, each))));
  }

  /** Left out if there is nothing to say. */
  private static void text(Xml xml, String name, String text) {
    if (!text.isEmpty()) {
      xml.text(name, text);
    }
  }

  AwsResponse stacks(List<StackRegistry.Summary> stacks) {
    return answer("DescribeStacks", xml -> list(xml, "Stacks", stacks, this::stack));
  }

  private void stack(Xml xml, StackRegistry.Summary stack) {
    xml.text("StackName", stack.name())
        .text("StackId", stack.id())
        .text("CreationTime", stack.created().toString());
    stack.updated().ifPresent(at -> xml.text("LastUpdatedTime", at.toString()));
    stack.deleted().ifPresent(at -> xml.text("DeletionTime", at.toString()));
    // Nothing is nested deeper.
    stack.parent().ifPresent(parent -> xml.text("ParentId", parent).text("RootId", parent));
    xml.text("StackStatus", stack.status().name());
    text(xml, "StackStatusReason", stack.reason());
    xml.text("DisableRollback", "false").text("EnableTerminationProtection", "false");
    Optional<Deployer.Deployed> deployed = deployer.find(stack.key());
    list(
        xml,
        "Parameters",
        deployed.map(StackAnswers::parameters).orElse(List.of()),
        (one, parameter) ->
            one.text("ParameterKey", parameter.getKey())
                .text("ParameterValue", parameter.getValue()));
    list(
        xml,
        "Outputs",
        deployed.map(one -> List.copyOf(one.outputs().entrySet())).orElse(List.of()),
        (one, output) ->
            one.text("OutputKey", output.getKey())
                .text("OutputValue", shown.apply(output.getValue())));
    list(xml, "Tags", List.copyOf(new TreeMap<>(stack.tags()).entrySet()), StackAnswers::tag);
  }

  private static void tag(Xml xml, Map.Entry<String, String> tag) {
    xml.text("Key", tag.getKey()).text("Value", tag.getValue());
  }

  private static List<Map.Entry<String, String>> parameters(Deployer.Deployed deployed) {
    Map<String, String> all = new TreeMap<>(deployed.parameters());
    deployed
        .template()
        .path("Parameters")
        .properties()
        .forEach(each -> all.putIfAbsent(each.getKey(), each.getValue().path("Default").asText()));
    return List.copyOf(all.entrySet());
  }

  AwsResponse events(StackRegistry.Summary stack) {
    return answer(
        "DescribeStackEvents",
        xml ->
            list(
                xml,
                "StackEvents",
                registry.events(stack.id()),
                (one, event) -> {
                  one.text("EventId", event.id());
                  of(one, stack);
                  resource(one, event.of(), "Timestamp");
                }));
  }

  private static void of(Xml xml, StackRegistry.Summary stack) {
    xml.text("StackId", stack.id()).text("StackName", stack.name());
  }

  private static void resource(Xml xml, StackRegistry.Resource resource, String time) {
    xml.text("LogicalResourceId", resource.logicalId());
    text(xml, "PhysicalResourceId", resource.physicalId());
    xml.text("ResourceType", resource.type())
        .text(time, resource.at().toString())
        .text("ResourceStatus", resource.status());
    text(xml, "ResourceStatusReason", resource.reason());
  }

  AwsResponse resources(StackRegistry.Summary stack, Optional<String> logicalId) {
    return answer(
        "DescribeStackResources",
        xml ->
            list(
                xml,
                "StackResources",
                registry.resources(stack.id()).stream()
                    .filter(one -> logicalId.orElse(one.logicalId()).equals(one.logicalId()))
                    .toList(),
                (one, resource) -> {
                  of(one, stack);
                  resource(one, resource, "Timestamp");
                }));
  }

  AwsResponse resourceList(StackRegistry.Summary stack) {
    return answer(
        "ListStackResources",
        xml ->
            list(
                xml,
                "StackResourceSummaries",
                registry.resources(stack.id()),
                (one, resource) -> resource(one, resource, "LastUpdatedTimestamp")));
  }

  /** Of a stack under review it is empty. */
  AwsResponse template(StackRegistry.Summary stack) {
    return answer(
        "GetTemplate",
        xml -> {
          xml.text(
              "TemplateBody",
              deployer.find(stack.key()).map(one -> one.template().toString()).orElse(""));
          xml.element("StagesAvailable", stages -> stages.text("member", "Original"));
        });
  }

  AwsResponse created(ChangeSet made) {
    return answer(
        "CreateChangeSet", xml -> xml.text("Id", made.id()).text("StackId", made.of().id()));
  }

  static AwsResponse deployed(String action, ChangeSet made) {
    return answer(action, xml -> xml.text("StackId", made.of().id()));
  }

  AwsResponse changeSet(ChangeSet one) {
    return answer(
        "DescribeChangeSet",
        xml -> {
          summary(xml, one);
          list(
              xml,
              "Parameters",
              List.copyOf(new TreeMap<>(one.stack().parameters()).entrySet()),
              (each, parameter) ->
                  each.text("ParameterKey", parameter.getKey())
                      .text("ParameterValue", parameter.getValue()));
          list(xml, "Tags", List.copyOf(new TreeMap<>(one.tags()).entrySet()), StackAnswers::tag);
          list(xml, "Changes", one.changes(), StackAnswers::change);
        });
  }

  private static void change(Xml xml, TemplateChanges.Change change) {
    xml.text("Type", "Resource")
        .element(
            "ResourceChange",
            of ->
                of.text("Action", change.action())
                    .text("LogicalResourceId", change.logicalId())
                    .text("ResourceType", change.type()));
  }

  private static void summary(Xml xml, ChangeSet one) {
    xml.text("ChangeSetId", one.id()).text("ChangeSetName", one.name());
    of(xml, one.of());
    text(xml, "Description", one.description());
    xml.text("CreationTime", one.created().toString())
        .text("Status", one.status())
        .text("ExecutionStatus", one.executionStatus());
    text(xml, "StatusReason", one.reason());
  }

  AwsResponse changeSets(List<ChangeSet> all) {
    return answer("ListChangeSets", xml -> list(xml, "Summaries", all, StackAnswers::summary));
  }
}
