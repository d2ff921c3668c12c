package agentpost.local.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BinaryOperator;

/** Deploys what {@code cdk synth} wrote: the stack's template and, from the assets beside it, its nested ones. */
public final class Deployer {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NESTED = "AWS::CloudFormation::Stack";

  /** Outputs by stack, for DescribeStacks. */
  private final Map<String, Map<String, String>> stacks = new ConcurrentSkipListMap<>();

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
   * @throws UnsupportedTemplateException naming what cannot be honoured, before anything is made where the template shows it
   */
  public void deploy(Path cdkOut) {
    JsonNode manifest = read(cdkOut.resolve("manifest.json"));
    manifest
        .path("artifacts")
        .properties()
        .forEach(
            artifact -> {
              if (artifact.getValue().path("type").asText().equals("aws:cloudformation:stack")) {
                String name = artifact.getValue().path("properties").path("stackName").asText(artifact.getKey());
                deploy(cdkOut, artifact.getKey(), name, read(cdkOut.resolve(artifact.getValue().path("properties").path("templateFile").asText())));
              }
            });
  }

  private void deploy(Path cdkOut, String artifact, String name, JsonNode template) {
    Map<String, String> assets = new HashMap<>();
    read(cdkOut.resolve(artifact + ".assets.json"))
        .path("files")
        .properties()
        .forEach(file -> assets.put(file.getKey(), file.getValue().path("source").path("path").asText()));
    Map<String, Provider> all = new HashMap<>(providers);
    all.put(NESTED, (_, properties) -> nested(cdkOut, name, properties, assets, all));
    Review review = new Review(all.keySet());
    review(cdkOut, template, assets, review);
    review.require();
    stacks.put(name, new Stack(name, template, Map.of(), all, secretValue).make());
  }

  private static void review(Path cdkOut, JsonNode template, Map<String, String> assets, Review review) {
    review.of(template);
    for (JsonNode resource : template.path("Resources")) {
      if (resource.path("Type").asText().equals(NESTED)) {
        review(cdkOut, read(cdkOut.resolve(asset(resource.path("Properties").path("TemplateURL").toString(), assets))), assets, review);
      }
    }
  }

  private static String asset(String url, Map<String, String> assets) {
    return assets.entrySet().stream()
        .filter(asset -> url.contains(asset.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new UnsupportedTemplateException("A nested stack's template is not among the assets: " + url));
  }

  private Provider.Made nested(Path cdkOut, String name, ObjectNode properties, Map<String, String> assets, Map<String, Provider> all) {
    Map<String, String> parameters = new HashMap<>();
    properties.path("Parameters").properties().forEach(p -> parameters.put(p.getKey(), p.getValue().asText()));
    String file = asset(properties.path("TemplateURL").asText(), assets);
    Map<String, String> attributes = new HashMap<>();
    new Stack(name, read(cdkOut.resolve(file)), parameters, all, secretValue).make().forEach((key, value) -> attributes.put("Outputs." + key, value));
    return new Provider.Made("arn:aws:cloudformation:us-east-1:000000000000:stack/" + file, attributes);
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException("The synthesized template cannot be read; ./agentpost cdk-app writes it", e);
    }
  }
}
