package agentpost.local.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A stack that {@code cdk synth} wrote, with the templates of its nested ones beside it.
 *
 * @param folder where its files are; a zip's name is {@code asset.} and its key
 * @param parameters those that are given; the others have their defaults
 * @param assets paths of files by their hashes
 */
public record SynthesizedStack(
    Path folder,
    String name,
    JsonNode template,
    Map<String, String> parameters,
    Map<String, String> assets) {
  private static final JsonMapper JSON = new JsonMapper();

  public SynthesizedStack {
    parameters = Map.copyOf(parameters);
    assets = Map.copyOf(assets);
  }

  static List<SynthesizedStack> read(Path cdkOut) {
    List<SynthesizedStack> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> artifact :
        json(cdkOut.resolve("manifest.json")).path("artifacts").properties()) {
      JsonNode properties = artifact.getValue().path("properties");
      if (artifact.getValue().path("type").asText().equals("aws:cloudformation:stack")) {
        Map<String, String> assets = new HashMap<>();
        json(cdkOut.resolve(artifact.getKey() + ".assets.json"))
            .path("files")
            .properties()
            .forEach(
                file ->
                    assets.put(
                        file.getKey(), file.getValue().path("source").path("path").asText()));
        all.add(
            new SynthesizedStack(
                cdkOut,
                properties.path("stackName").asText(artifact.getKey()),
                json(cdkOut.resolve(properties.path("templateFile").asText())),
                texts(properties.path("parameters")),
                assets));
      }
    }
    return all;
  }

  static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new HashMap<>();
    object.properties().forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
    return texts;
  }

  /** The template that a nested stack's URL leads to. */
  JsonNode nested(String url) {
    String file =
        assets.entrySet().stream()
            .filter(asset -> url.contains(asset.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow(
                () ->
                    new UnsupportedTemplateException(
                        "A nested stack's template is not among the assets: " + url));
    return json(folder.resolve(file));
  }

  /** Its own and its nested ones' templates, by the stacks' keys. */
  Map<String, JsonNode> templates() {
    Map<String, JsonNode> all = new HashMap<>();
    collect(name, template, all);
    return all;
  }

  private void collect(String key, JsonNode one, Map<String, JsonNode> all) {
    all.put(key, one);
    for (Map.Entry<String, JsonNode> resource : one.path("Resources").properties()) {
      if (resource.getValue().path("Type").asText().equals(Deployer.NESTED)) {
        collect(
            key + "/" + resource.getKey(),
            nested(resource.getValue().path("Properties").path("TemplateURL").toString()),
            all);
      }
    }
  }

  private static JsonNode json(Path file) {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The synthesized template cannot be read; ./agentpost cdk-app writes it", e);
    }
  }
}
