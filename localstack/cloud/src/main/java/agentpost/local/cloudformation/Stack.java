package agentpost.local.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One template being made, or changed into: resources in the order they need each other. */
final class Stack {
  private final String key;
  private final JsonNode template;
  private final Map<String, String> given;
  private final Map<String, Provider> providers;
  private final Intrinsics intrinsics;

  /** In the order they were made. */
  private final Map<String, Resource> made = new LinkedHashMap<>();

  /** Nothing once this is made. */
  private Optional<Stack> before;

  private final Consumer<ResourceStep> steps;
  private final Set<String> underWay = new LinkedHashSet<>();
  private Map<String, String> outputs = Map.of();
  private boolean isFailureTold;

  /**
   * @param properties evaluated
   * @param retained when it is not in the template any more
   * @param outlasts its stack's failed creation, too
   * @param outlives another that takes its place under a new name
   */
  record Resource(
      String type,
      ObjectNode properties,
      boolean retained,
      boolean outlasts,
      boolean outlives,
      Provider.Made made) {}

  /**
   * @param key that it is known by
   * @param name that it gives out as its own
   * @param steps told of each
   * @param before the same stack as it is now, if it is to be changed
   * @param given parameters; the others have their defaults
   * @param secretValue of a dynamic reference, by secret id and JSON key
   */
  Stack(
      String key,
      String name,
      JsonNode template,
      Map<String, String> given,
      Map<String, Provider> providers,
      BinaryOperator<String> secretValue,
      Optional<Stack> before,
      Consumer<ResourceStep> steps) {
    this.key = key;
    this.before = before;
    this.steps = steps;
    this.template = template;
    this.given = Map.copyOf(given);
    this.providers = providers;
    this.intrinsics = new Intrinsics(name, template, given, this::make, secretValue);
  }

  /**
   * Makes everything that is new, changes what is not as it was, and takes away what is not in the
   * template any more; the outputs. If that fails halfway, this stack has what it has by then, and
   * can be changed again.
   */
  Map<String, String> make() {
    try {
      template.path("Resources").properties().forEach(resource -> make(resource.getKey()));
      Map<String, String> values = new LinkedHashMap<>();
      template
          .path("Outputs")
          .properties()
          .forEach(
              output ->
                  values.put(
                      output.getKey(),
                      intrinsics.evaluate(output.getValue().path("Value")).asText()));
      before.ifPresent(old -> old.removeAllBut(made.keySet()));
      outputs = Map.copyOf(values);
      return values;
    } catch (RuntimeException e) {
      before.ifPresent(old -> old.made.forEach(made::putIfAbsent));
      throw e;
    } finally {
      before = Optional.empty();
    }
  }

  JsonNode template() {
    return template;
  }

  Map<String, String> given() {
    return given;
  }

  Map<String, String> outputs() {
    return outputs;
  }

  /** What it has now, in the order that it was made. */
  Map<String, Resource> resources() {
    return new LinkedHashMap<>(made);
  }

  /**
   * Undoes what the stack that this was to become did before it failed: takes away what it made,
   * and makes or changes the rest to what it was.
   *
   * @param then what this stack had
   * @param now what there is
   * @param tried of these it is not known how far they were changed
   * @param apart a type whose resources are gone back by themselves
   */
  void goBack(
      Map<String, Resource> then, Map<String, Resource> now, Set<String> tried, String apart) {
    for (Map.Entry<String, Resource> one : List.copyOf(now.entrySet()).reversed()) {
      if (!then.containsKey(one.getKey())
          && !one.getValue().type().equals(apart)
          && providers.get(one.getValue().type()) instanceof Provider.Removable) {
        takeAway(one.getKey(), one.getValue());
      }
    }
    made.clear();
    then.forEach(
        (id, resource) -> {
          Resource current = now.get(id);
          Provider.Made back = resource.made();
          if (!resource.type().equals(apart)
              && providers.get(resource.type()) instanceof Provider.Changeable changeable) {
            if (current == null) {
              back =
                  attempt(
                      Change.Kind.MADE,
                      id,
                      resource.type(),
                      "",
                      () -> changeable.make(id, resource.properties().deepCopy()));
            } else if (tried.contains(id) || !current.properties().equals(resource.properties())) {
              back =
                  attempt(
                      Change.Kind.CHANGED,
                      id,
                      resource.type(),
                      current.made().ref(),
                      () -> change(changeable, id, current, resource.properties()));
            }
          }
          made.put(
              id,
              new Resource(
                  resource.type(),
                  resource.properties(),
                  resource.retained(),
                  resource.outlasts(),
                  resource.outlives(),
                  back));
        });
  }

  /** Where it failed: the resource itself, and those that need it. */
  Set<String> findFailed() {
    return Set.copyOf(underWay);
  }

  /**
   * What this stack has that would have to be changed or taken away to become that template, and
   * can be neither.
   */
  List<String> cannotBecome(JsonNode next) {
    List<String> fixed = new ArrayList<>();
    made.forEach(
        (id, resource) -> {
          if (provider(id, resource.type()) instanceof Provider.Changeable) {
            return;
          }
          JsonNode then = next.path("Resources").path(id);
          if (then.isMissingNode() && !resource.retained()) {
            fixed.add(id + " cannot be taken away");
          } else if (!then.isMissingNode()
              && !then.path("Properties")
                  .equals(template.path("Resources").path(id).path("Properties"))) {
            fixed.add(id + " cannot be changed");
          }
        });
    return fixed;
  }

  /** Last made, first taken away. */
  void removeAllBut(Set<String> kept) {
    for (Map.Entry<String, Resource> one : List.copyOf(made.entrySet()).reversed()) {
      if (!kept.contains(one.getKey())) {
        if (one.getValue().retained()) {
          leave(one.getKey(), one.getValue());
        } else {
          takeAway(one.getKey(), one.getValue());
        }
        made.remove(one.getKey());
      }
    }
  }

  /** What there is of one that could not be made; what cannot be taken away stays in it. */
  void undo() {
    List<String> failures = new ArrayList<>();
    for (Map.Entry<String, Resource> one : List.copyOf(made.entrySet()).reversed()) {
      try {
        if (one.getValue().outlasts()) {
          leave(one.getKey(), one.getValue());
        } else {
          takeAway(one.getKey(), one.getValue());
        }
        made.remove(one.getKey());
      } catch (UnsupportedTemplateException e) {
        failures.add(e.getMessage());
      }
    }
    if (!failures.isEmpty()) {
      throw new UnsupportedTemplateException(String.join("; ", failures));
    }
  }

  private void takeAway(String logicalId, Resource resource) {
    attempt(
        Change.Kind.REMOVED,
        logicalId,
        resource.type(),
        resource.made().ref(),
        () -> {
          if (!(provider(logicalId, resource.type()) instanceof Provider.Removable removable)) {
            throw fixed();
          }
          removable.remove(logicalId, resource.made());
          return resource.made();
        });
  }

  private void leave(String logicalId, Resource resource) {
    tell(
        Change.Kind.REMOVED,
        ResourceStep.State.KEPT,
        logicalId,
        resource.type(),
        resource.made().ref(),
        "");
  }

  private Provider.Made make(String logicalId) {
    Resource already = made.get(logicalId);
    if (already != null) {
      return already.made();
    }
    JsonNode resource = template.path("Resources").path(logicalId);
    if (resource.isMissingNode()) {
      throw new UnsupportedTemplateException("There is no resource or parameter " + logicalId);
    }
    if (!underWay.add(logicalId)) {
      throw new UnsupportedTemplateException(
          "Resources need each other in a circle: " + String.join(", ", underWay));
    }
    String type = resource.path("Type").asText();
    ObjectNode properties;
    Provider.Made result;
    try {
      JsonNode dependsOn = resource.path("DependsOn");
      if (dependsOn.isTextual()) {
        make(dependsOn.asText());
      }
      dependsOn.forEach(id -> make(id.asText()));
      properties =
          intrinsics.evaluate(resource.path("Properties")) instanceof ObjectNode object
              ? object
              : JsonNodeFactory.instance.objectNode();
      result = make(logicalId, type, properties);
    } catch (RuntimeException e) {
      if (!isFailureTold) {
        tell(
            Change.Kind.MADE,
            ResourceStep.State.FAILED,
            logicalId,
            type,
            "",
            String.valueOf(e.getMessage()));
      }
      throw e;
    }
    made.put(
        logicalId,
        new Resource(
            type,
            properties,
            isRetained(resource, "DeletionPolicy"),
            resource.path("DeletionPolicy").asText().equals("Retain"),
            isRetained(resource, "UpdateReplacePolicy"),
            result));
    underWay.remove(logicalId);
    return result;
  }

  private Provider.Made make(String logicalId, String type, ObjectNode properties) {
    Provider provider = provider(logicalId, type);
    Optional<Resource> old = before.map(stack -> stack.made.get(logicalId));
    if (old.isEmpty()) {
      return attempt(
          Change.Kind.MADE,
          logicalId,
          type,
          "",
          () -> provider.make(logicalId, properties.deepCopy()));
    }
    Provider.Made current = old.get().made();
    if (!old.get().type().equals(type)) {
      throw new UnsupportedTemplateException(
          logicalId + " cannot become another type of resource: it is a " + old.get().type());
    }
    if (old.get().properties().equals(properties)) {
      return current;
    }
    return attempt(
        Change.Kind.CHANGED,
        logicalId,
        type,
        current.ref(),
        () -> change(changeable(logicalId, type), logicalId, old.get(), properties));
  }

  private static Provider.Made change(
      Provider.Changeable changeable, String logicalId, Resource current, ObjectNode properties) {
    if (changeable.identity().stream()
        .allMatch(name -> current.properties().path(name).equals(properties.path(name)))) {
      return changeable.update(logicalId, current.made(), properties.deepCopy());
    }
    Provider.Made other = changeable.make(logicalId, properties.deepCopy());
    if (!current.outlives()) {
      changeable.remove(logicalId, current.made());
    }
    return other;
  }

  private static boolean isRetained(JsonNode resource, String policy) {
    return resource.path(policy).asText().startsWith("Retain");
  }

  private Provider provider(String logicalId, String type) {
    Provider provider = providers.get(type);
    if (provider == null) {
      throw new UnsupportedTemplateException(
          logicalId + ": the local cloud does not support the resource type " + type);
    }
    return provider;
  }

  private Provider.Changeable changeable(String logicalId, String type) {
    if (provider(logicalId, type) instanceof Provider.Changeable changeable) {
      return changeable;
    }
    throw fixed();
  }

  private static UnsupportedTemplateException fixed() {
    return new UnsupportedTemplateException(
        "it stays as it is while the local cloud runs: start it again");
  }

  private Provider.Made attempt(
      Change.Kind kind, String logicalId, String type, String ref, Supplier<Provider.Made> step) {
    tell(kind, ResourceStep.State.BEGUN, logicalId, type, ref, "");
    try {
      Provider.Made result = step.get();
      tell(kind, ResourceStep.State.DONE, logicalId, type, result.ref(), "");
      return result;
    } catch (RuntimeException e) {
      boolean isNamed = e instanceof UnsupportedTemplateException && kind == Change.Kind.MADE;
      RuntimeException failure =
          isNamed
              ? e
              : new UnsupportedTemplateException(
                  logicalId + " cannot be " + verb(kind) + ": " + e.getMessage(), e);
      isFailureTold = true;
      tell(kind, ResourceStep.State.FAILED, logicalId, type, ref, String.valueOf(e.getMessage()));
      throw failure;
    }
  }

  private static String verb(Change.Kind kind) {
    return switch (kind) {
      case MADE -> "made";
      case CHANGED -> "changed";
      case REMOVED -> "taken away";
    };
  }

  private void tell(
      Change.Kind kind,
      ResourceStep.State state,
      String logicalId,
      String type,
      String ref,
      String reason) {
    steps.accept(new ResourceStep(key, kind, state, logicalId, type, ref, reason));
  }
}
