package agentpost.local.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;

/**
 * Deploys what {@code cdk synth} wrote: the stack's template and, from the assets beside it, its
 * nested ones. Deployed again it becomes what is written then: only what is not as it was is
 * changed.
 */
public final class Deployer {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NESTED = "AWS::CloudFormation::Stack";

  /** Outputs by stack, for DescribeStacks. */
  private final Map<String, Map<String, String>> stacks = new ConcurrentSkipListMap<>();

  /** By the stack's name, or for a nested one its parent's and its own logical id. */
  private final Map<String, Stack> deployed = new ConcurrentHashMap<>();

  /** Of the deployment that is under way; what was deployed before tells of its end here, too. */
  private final List<Change> changes = new ArrayList<>();

  private final Map<String, Provider> providers;
  private final BinaryOperator<String> secretValue;

  public Deployer(Map<String, Provider> providers, BinaryOperator<String> secretValue) {
    this.providers = Map.copyOf(providers);
    this.secretValue = secretValue;
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
    JsonNode manifest = read(cdkOut.resolve("manifest.json"));
    manifest
        .path("artifacts")
        .properties()
        .forEach(
            artifact -> {
              if (artifact.getValue().path("type").asText().equals("aws:cloudformation:stack")) {
                String name =
                    artifact
                        .getValue()
                        .path("properties")
                        .path("stackName")
                        .asText(artifact.getKey());
                deploy(
                    cdkOut,
                    artifact.getKey(),
                    name,
                    read(
                        cdkOut.resolve(
                            artifact.getValue().path("properties").path("templateFile").asText())),
                    changes::add);
              }
            });
    return List.copyOf(changes);
  }

  private void deploy(
      Path cdkOut, String artifact, String name, JsonNode template, Consumer<Change> changes) {
    Map<String, String> assets = new HashMap<>();
    read(cdkOut.resolve(artifact + ".assets.json"))
        .path("files")
        .properties()
        .forEach(
            file ->
                assets.put(file.getKey(), file.getValue().path("source").path("path").asText()));
    Map<String, Provider> all = new HashMap<>(providers);
    all.put(NESTED, new Nested(cdkOut, name, assets, all, changes));
    TemplateValidator review = new TemplateValidator(all.keySet());
    Map<String, JsonNode> templates = new HashMap<>();
    review(cdkOut, name, template, assets, review, templates);
    review.require();
    List<String> fixed =
        deployed.entrySet().stream()
            .filter(stack -> stack.getKey().equals(name) || stack.getKey().startsWith(name + "/"))
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
    NavigableMap<String, Before> before = new TreeMap<>();
    deployed.forEach(
        (key, stack) -> {
          if (key.equals(name) || key.startsWith(name + "/")) {
            before.put(key, new Before(stack, stack.resources()));
          }
        });
    try {
      stacks.put(name, deployStack(name, name, template, Map.of(), all, changes));
    } catch (RuntimeException e) {
      throw before.isEmpty() ? e : rollBack(name, before, e);
    }
  }

  /** A stack, and what it had when it was to be changed. */
  private record Before(Stack stack, Map<String, Stack.Resource> resources) {}

  /** CloudFormation's rollback: every stack of this name has what it had. */
  private UnsupportedTemplateException rollBack(
      String name, NavigableMap<String, Before> before, RuntimeException why) {
    try {
      for (String key : List.copyOf(deployed.keySet())) {
        if (key.startsWith(name + "/") && !before.containsKey(key)) {
          Optional.ofNullable(deployed.remove(key))
              .ifPresent(made -> made.removeAllBut(Set.of(), _ -> {}));
        }
      }
      // Parents need what nested stacks have, and their keys come first.
      before
          .descendingMap()
          .forEach(
              (key, was) -> {
                Optional<Stack> now = Optional.ofNullable(deployed.get(key));
                was.stack()
                    .goBack(
                        was.resources(),
                        now.map(Stack::resources).orElse(Map.of()),
                        now.map(Stack::findFailed).orElse(Set.of()),
                        NESTED);
                deployed.put(key, was.stack());
              });
      return new UnsupportedTemplateException(
          why.getMessage() + "; what was done before that is undone", why);
    } catch (RuntimeException e) {
      UnsupportedTemplateException halfway =
          new UnsupportedTemplateException(
              why.getMessage()
                  + "; and what was done before that could not be undone: "
                  + e.getMessage(),
              why);
      halfway.addSuppressed(e);
      return halfway;
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
      Map<String, Provider> all,
      Consumer<Change> changes) {
    Stack stack =
        new Stack(
            name,
            template,
            parameters,
            all,
            secretValue,
            Optional.ofNullable(deployed.get(key)),
            changes);
    try {
      return stack.make();
    } finally {
      deployed.put(key, stack);
    }
  }

  /**
   * @param templates takes each by the key that its stack is known by
   */
  private static void review(
      Path cdkOut,
      String key,
      JsonNode template,
      Map<String, String> assets,
      TemplateValidator review,
      Map<String, JsonNode> templates) {
    review.of(template);
    templates.put(key, template);
    for (Map.Entry<String, JsonNode> resource : template.path("Resources").properties()) {
      if (resource.getValue().path("Type").asText().equals(NESTED)) {
        String url = resource.getValue().path("Properties").path("TemplateURL").toString();
        review(
            cdkOut,
            key + "/" + resource.getKey(),
            read(cdkOut.resolve(asset(url, assets))),
            assets,
            review,
            templates);
      }
    }
  }

  private static String asset(String url, Map<String, String> assets) {
    return assets.entrySet().stream()
        .filter(asset -> url.contains(asset.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(
            () ->
                new UnsupportedTemplateException(
                    "A nested stack's template is not among the assets: " + url));
  }

  /**
   * Makes a stack's nested stacks, from their templates beside it. Here they share their parent's
   * name.
   */
  private final class Nested implements Provider.Changeable {
    private final Path cdkOut;
    private final String parent;
    private final Map<String, String> assets;
    private final Map<String, Provider> all;
    private final Consumer<Change> changes;

    Nested(
        Path cdkOut,
        String parent,
        Map<String, String> assets,
        Map<String, Provider> all,
        Consumer<Change> changes) {
      this.cdkOut = cdkOut;
      this.parent = parent;
      this.assets = assets;
      this.all = all;
      this.changes = changes;
    }

    @Override
    public Made make(String logicalId, ObjectNode properties) {
      Map<String, String> parameters = new HashMap<>();
      properties
          .path("Parameters")
          .properties()
          .forEach(p -> parameters.put(p.getKey(), p.getValue().asText()));
      String file = asset(properties.path("TemplateURL").asText(), assets);
      Map<String, String> attributes = new HashMap<>();
      deployStack(
              parent + "/" + logicalId,
              parent,
              read(cdkOut.resolve(file)),
              parameters,
              all,
              changes)
          .forEach((key, value) -> attributes.put("Outputs." + key, value));
      return new Made("arn:aws:cloudformation:us-east-1:000000000000:stack/" + file, attributes);
    }

    @Override
    public Made update(String logicalId, Made before, ObjectNode properties) {
      return make(logicalId, properties);
    }

    @Override
    public void remove(String logicalId, Made made) {
      Stack gone = deployed.remove(parent + "/" + logicalId);
      if (gone != null) {
        gone.removeAllBut(Set.of(), changes);
      }
    }
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The synthesized template cannot be read; ./agentpost cdk-app writes it", e);
    }
  }
}
