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
  private final JsonNode template;
  private final Map<String, Provider> providers;
  private final Intrinsics intrinsics;

  /** In the order they were made. */
  private final Map<String, Resource> made = new LinkedHashMap<>();

  /** Nothing once this is made. */
  private Optional<Stack> before;

  private final Consumer<Change> changes;
  private final Set<String> underWay = new LinkedHashSet<>();

  /**
   * @param properties evaluated
   * @param retained when it is not in the template any more
   * @param outlives another that takes its place under a new name
   */
  record Resource(
      String type, ObjectNode properties, boolean retained, boolean outlives, Provider.Made made) {}

  /**
   * @param changes told of each, when it is done
   * @param before the same stack as it is now, if it is to be changed
   * @param given parameters; the others have their defaults
   * @param secretValue of a dynamic reference, by secret id and JSON key
   */
  Stack(
      String name,
      JsonNode template,
      Map<String, String> given,
      Map<String, Provider> providers,
      BinaryOperator<String> secretValue,
      Optional<Stack> before,
      Consumer<Change> changes) {
    this.before = before;
    this.changes = changes;
    this.template = template;
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
      Map<String, String> outputs = new LinkedHashMap<>();
      template
          .path("Outputs")
          .properties()
          .forEach(
              output ->
                  outputs.put(
                      output.getKey(),
                      intrinsics.evaluate(output.getValue().path("Value")).asText()));
      before.ifPresent(old -> old.removeAllBut(made.keySet(), changes));
      return outputs;
    } catch (RuntimeException e) {
      before.ifPresent(old -> old.made.forEach(made::putIfAbsent));
      throw e;
    } finally {
      before = Optional.empty();
    }
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
          && providers.get(one.getValue().type()) instanceof Provider.Changeable changeable) {
        changeable.remove(one.getKey(), one.getValue().made());
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
              back = changeable.make(id, resource.properties().deepCopy());
            } else if (tried.contains(id) || !current.properties().equals(resource.properties())) {
              back = change(changeable, id, current, resource.properties());
            }
          }
          made.put(
              id,
              new Resource(
                  resource.type(),
                  resource.properties(),
                  resource.retained(),
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
  void removeAllBut(Set<String> kept, Consumer<Change> changes) {
    for (Map.Entry<String, Resource> one : List.copyOf(made.entrySet()).reversed()) {
      Resource resource = one.getValue();
      if (!kept.contains(one.getKey()) && !resource.retained()) {
        attempt(
            one.getKey(),
            "taken away",
            () -> {
              changeable(one.getKey(), resource.type()).remove(one.getKey(), resource.made());
              return resource.made();
            });
        made.remove(one.getKey());
        changes.accept(new Change(Change.Kind.REMOVED, resource.type(), resource.made().ref()));
      }
    }
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
    JsonNode dependsOn = resource.path("DependsOn");
    if (dependsOn.isTextual()) {
      make(dependsOn.asText());
    }
    dependsOn.forEach(id -> make(id.asText()));
    ObjectNode properties =
        intrinsics.evaluate(resource.path("Properties")) instanceof ObjectNode object
            ? object
            : JsonNodeFactory.instance.objectNode();
    String type = resource.path("Type").asText();
    Provider.Made result = make(logicalId, type, properties);
    made.put(
        logicalId,
        new Resource(
            type,
            properties,
            isRetained(resource, "DeletionPolicy"),
            isRetained(resource, "UpdateReplacePolicy"),
            result));
    underWay.remove(logicalId);
    return result;
  }

  private Provider.Made make(String logicalId, String type, ObjectNode properties) {
    Provider provider = provider(logicalId, type);
    Optional<Resource> old = before.map(stack -> stack.made.get(logicalId));
    if (old.isEmpty()) {
      Provider.Made result =
          attempt(logicalId, "made", () -> provider.make(logicalId, properties.deepCopy()));
      changes.accept(new Change(Change.Kind.MADE, type, result.ref()));
      return result;
    }
    Provider.Made current = old.get().made();
    if (!old.get().type().equals(type)) {
      throw new UnsupportedTemplateException(
          logicalId + " cannot become another type of resource: it is a " + old.get().type());
    }
    if (old.get().properties().equals(properties)) {
      return current;
    }
    Provider.Made result =
        attempt(
            logicalId,
            "changed",
            () -> change(changeable(logicalId, type), logicalId, old.get(), properties));
    changes.accept(new Change(Change.Kind.CHANGED, type, result.ref()));
    return result;
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
    throw new UnsupportedTemplateException(
        "it stays as it is while the local cloud runs: start it again");
  }

  private static Provider.Made attempt(
      String logicalId, String what, Supplier<Provider.Made> step) {
    try {
      return step.get();
    } catch (RuntimeException e) {
      boolean isNamed = e instanceof UnsupportedTemplateException && what.equals("made");
      throw isNamed
          ? e
          : new UnsupportedTemplateException(
              logicalId + " cannot be " + what + ": " + e.getMessage(), e);
    }
  }
}
