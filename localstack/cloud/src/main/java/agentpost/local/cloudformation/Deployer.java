package agentpost.local.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * Deploys what {@code cdk synth} wrote: the stack's template and, from the assets beside it, its
 * nested ones. Deployed again it becomes what is written then: only what is not as it was is
 * changed. A stack's key is its name, a nested one's {@code its parent's name/its logical id}.
 */
public final class Deployer {
  /** The type of nested stacks. */
  public static final String NESTED = "AWS::CloudFormation::Stack";

  /** Outputs by stack, for DescribeStacks. */
  private final Map<String, Map<String, String>> stacks = new ConcurrentSkipListMap<>();

  private final Map<String, Stack> deployed = new ConcurrentHashMap<>();

  /** Of the deployment that is under way; what was deployed before tells of its end here, too. */
  private final List<Change> changes = new ArrayList<>();

  private final Map<String, Provider> providers;
  private final BinaryOperator<String> secretValue;
  private final DeploymentListener listener;
  private final UnaryOperator<String> ids;

  /**
   * @param ids of stacks, by their keys
   */
  public Deployer(
      Map<String, Provider> providers,
      BinaryOperator<String> secretValue,
      DeploymentListener listener,
      UnaryOperator<String> ids) {
    this.providers = Map.copyOf(providers);
    this.secretValue = secretValue;
    this.listener = listener;
    this.ids = ids;
  }

  /** With nobody to tell of it. */
  public Deployer(Map<String, Provider> providers, BinaryOperator<String> secretValue) {
    this(
        providers,
        secretValue,
        new DeploymentListener() {
          @Override
          public void onStack(String stack, StackStatus status, String reason) {}

          @Override
          public void onResource(ResourceStep step) {}
        },
        key -> "arn:aws:cloudformation:us-east-1:000000000000:stack/" + key);
  }

  /**
   * A stack as it was deployed last.
   *
   * @param parameters those that were given; the others have their defaults
   */
  public record Deployed(
      JsonNode template, Map<String, String> parameters, Map<String, String> outputs) {}

  /** Nothing before its first deployment has ended. */
  public Optional<Deployed> find(String key) {
    return Optional.ofNullable(deployed.get(key))
        .map(stack -> new Deployed(stack.template(), stack.given(), stack.outputs()));
  }

  private void tell(ResourceStep step) {
    if (step.state() == ResourceStep.State.DONE) {
      changes.add(new Change(step.kind(), step.type(), step.ref()));
    }
    listener.onResource(step);
  }

  public Map<String, Map<String, String>> stacks() {
    return Map.copyOf(stacks);
  }

  /**
   * @return what was done, in order; nested stacks' resources and the nested stacks themselves
   * @throws UnsupportedTemplateException naming what cannot be honoured, or cannot be changed any
   *     more, before anything is done where the template shows it; what was done by then to a stack
   *     that was there before is undone
   */
  public synchronized List<Change> deploy(Path cdkOut) {
    changes.clear();
    SynthesizedStack.read(cdkOut).forEach(this::deploy);
    return List.copyOf(changes);
  }

  /** The same of one stack. */
  public synchronized void deploy(SynthesizedStack stack) {
    validate(stack);
    run(stack);
  }

  /**
   * Takes a stack away, but what is retained.
   *
   * @throws UnsupportedTemplateException naming what cannot be taken away
   */
  public synchronized void delete(String name) {
    Stack stack = deployed.get(name);
    if (stack == null) {
      return;
    }
    listener.onStack(name, StackStatus.DELETE_IN_PROGRESS, "");
    try {
      stack.removeAllBut(Set.of());
      deployed.remove(name);
      stacks.remove(name);
      listener.onStack(name, StackStatus.DELETE_COMPLETE, "");
    } catch (RuntimeException e) {
      listener.onStack(name, StackStatus.DELETE_FAILED, String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /**
   * Looks at what could be known before {@link #deploy}, and does nothing.
   *
   * @throws UnsupportedTemplateException as {@link #deploy} would
   */
  public synchronized void validate(SynthesizedStack input) {
    String name = input.name();
    Set<String> types = new HashSet<>(providers.keySet());
    types.add(NESTED);
    TemplateValidator review = new TemplateValidator(types);
    Map<String, JsonNode> templates = input.templates();
    templates.values().forEach(review::of);
    review.require();
    List<String> fixed =
        deployed.entrySet().stream()
            .filter(stack -> isPartOf(name, stack.getKey()))
            .flatMap(
                stack ->
                    stack
                        .getValue()
                        .cannotBecome(
                            templates.getOrDefault(stack.getKey(), MissingNode.getInstance()))
                        .stream())
            .sorted()
            .toList();
    if (!fixed.isEmpty()) {
      throw new UnsupportedTemplateException(
          String.join("; ", fixed) + " while the local cloud runs: start it again");
    }
  }

  private static boolean isPartOf(String name, String key) {
    return key.equals(name) || key.startsWith(name + "/");
  }

  private void run(SynthesizedStack input) {
    String name = input.name();
    Map<String, Provider> all = new HashMap<>(providers);
    all.put(NESTED, new Nested(input, all));
    NavigableMap<String, Before> before = new TreeMap<>();
    deployed.forEach(
        (key, stack) -> {
          if (isPartOf(name, key)) {
            before.put(key, new Before(stack, stack.resources()));
          }
        });
    try {
      stacks.put(name, deployStack(name, name, input.template(), input.parameters(), all));
    } catch (RuntimeException e) {
      throw before.isEmpty() ? undoCreation(name, e) : rollBack(name, before, e);
    }
  }

  /** CloudFormation's rollback of a first deployment: nothing of it is left. */
  private RuntimeException undoCreation(String name, RuntimeException why) {
    listener.onStack(name, StackStatus.ROLLBACK_IN_PROGRESS, String.valueOf(why.getMessage()));
    try {
      // What could not be made whole is no part of its parent yet.
      for (String key : new TreeMap<>(deployed).descendingKeySet()) {
        if (isPartOf(name, key)) {
          undo(key);
        }
      }
      listener.onStack(name, StackStatus.ROLLBACK_COMPLETE, "");
      return why;
    } catch (RuntimeException e) {
      listener.onStack(name, StackStatus.ROLLBACK_FAILED, String.valueOf(e.getMessage()));
      return notUndone(why, e);
    }
  }

  private void undo(String key) {
    boolean isNested = key.contains("/");
    Optional.ofNullable(deployed.get(key)).ifPresent(Stack::undo);
    deployed.remove(key);
    if (isNested) {
      listener.onStack(key, StackStatus.DELETE_COMPLETE, "");
    }
  }

  private static UnsupportedTemplateException notUndone(RuntimeException why, RuntimeException e) {
    UnsupportedTemplateException halfway =
        new UnsupportedTemplateException(
            why.getMessage()
                + "; and what was done before that could not be undone: "
                + e.getMessage(),
            why);
    halfway.addSuppressed(e);
    return halfway;
  }

  /** A stack, and what it had when it was to be changed. */
  private record Before(Stack stack, Map<String, Stack.Resource> resources) {}

  /** CloudFormation's rollback: every stack of this name has what it had. */
  private UnsupportedTemplateException rollBack(
      String name, NavigableMap<String, Before> before, RuntimeException why) {
    listener.onStack(
        name, StackStatus.UPDATE_ROLLBACK_IN_PROGRESS, String.valueOf(why.getMessage()));
    try {
      for (String key : List.copyOf(deployed.keySet())) {
        if (key.startsWith(name + "/") && !before.containsKey(key)) {
          removeNested(key);
        }
      }
      // Parents need what nested stacks have, and their keys come first.
      before.descendingMap().forEach(this::goBack);
      return new UnsupportedTemplateException(
          why.getMessage() + "; what was done before that is undone", why);
    } catch (RuntimeException e) {
      listener.onStack(name, StackStatus.UPDATE_ROLLBACK_FAILED, String.valueOf(e.getMessage()));
      return notUndone(why, e);
    }
  }

  private void goBack(String key, Before was) {
    Optional<Stack> now = Optional.ofNullable(deployed.get(key));
    was.stack()
        .goBack(
            was.resources(),
            now.map(Stack::resources).orElse(Map.of()),
            now.map(Stack::findFailed).orElse(Set.of()),
            NESTED);
    if (deployed.put(key, was.stack()) != was.stack()) {
      listener.onStack(key, StackStatus.UPDATE_ROLLBACK_COMPLETE, "");
    }
  }

  /**
   * @param key that a stack is known by when it is deployed again
   */
  private Map<String, String> deployStack(
      String key,
      String name,
      JsonNode template,
      Map<String, String> parameters,
      Map<String, Provider> all) {
    Optional<Stack> before = Optional.ofNullable(deployed.get(key));
    Stack stack = new Stack(key, name, template, parameters, all, secretValue, before, this::tell);
    listener.onStack(
        key,
        before.isPresent() ? StackStatus.UPDATE_IN_PROGRESS : StackStatus.CREATE_IN_PROGRESS,
        "");
    Map<String, String> outputs;
    try {
      outputs = stack.make();
    } finally {
      deployed.put(key, stack);
    }
    listener.onStack(
        key, before.isPresent() ? StackStatus.UPDATE_COMPLETE : StackStatus.CREATE_COMPLETE, "");
    return outputs;
  }

  private void removeNested(String key) {
    Stack gone = deployed.get(key);
    if (gone != null) {
      listener.onStack(key, StackStatus.DELETE_IN_PROGRESS, "");
      gone.removeAllBut(Set.of());
      deployed.remove(key);
      listener.onStack(key, StackStatus.DELETE_COMPLETE, "");
    }
  }

  /**
   * Makes a stack's nested stacks, from their templates beside it. Here they share their parent's
   * name.
   */
  private final class Nested implements Provider.Changeable {
    private final SynthesizedStack parent;
    private final Map<String, Provider> all;

    Nested(SynthesizedStack parent, Map<String, Provider> all) {
      this.parent = parent;
      this.all = all;
    }

    @Override
    public Made make(String logicalId, ObjectNode properties) {
      String key = parent.name() + "/" + logicalId;
      Map<String, String> attributes = new HashMap<>();
      deployStack(
              key,
              parent.name(),
              parent.nested(properties.path("TemplateURL").asText()),
              SynthesizedStack.texts(properties.path("Parameters")),
              all)
          .forEach((output, value) -> attributes.put("Outputs." + output, value));
      return new Made(ids.apply(key), attributes);
    }

    @Override
    public Made update(String logicalId, Made before, ObjectNode properties) {
      return make(logicalId, properties);
    }

    @Override
    public void remove(String logicalId, Made made) {
      removeNested(parent.name() + "/" + logicalId);
    }
  }
}
