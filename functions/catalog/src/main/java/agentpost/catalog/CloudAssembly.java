package agentpost.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What the CDK app synthesized: the stack's template and its nested ones.
 *
 * @param nestedFiles the templates' names by the address that a nested stack has its template from,
 *     without the folder
 * @param bootstrapVersion what the CDK's bootstrap stack has to be at least; 0 if that is not said
 * @param zipBytes of the functions' code, which is the same for all
 */
public record CloudAssembly(
    List<Template> templates,
    Map<String, String> nestedFiles,
    int bootstrapVersion,
    long zipBytes) {
  private static final String ENDING = ".template.json";
  private static final String NESTED = ".nested";
  private static final JsonMapper JSON = new JsonMapper();

  public CloudAssembly {
    templates = List.copyOf(templates);
    nestedFiles = Map.copyOf(nestedFiles);
  }

  /**
   * @param name of its file, without the ending
   * @param bytes that it has as it was written
   */
  public record Template(String name, long bytes, JsonNode json) {
    public boolean isNested() {
      return name.endsWith(NESTED);
    }

    public Stream<Resource> resources() {
      return StreamSupport.stream(json.path("Resources").properties().spliterator(), false)
          .map(each -> new Resource(each.getKey(), each.getValue()));
    }
  }

  /** One that a template declares. */
  public record Resource(String logicalId, JsonNode json) {
    public String type() {
      return json.path("Type").asText();
    }

    public JsonNode properties() {
      return json.path("Properties");
    }

    public boolean isOf(String type) {
      return type().equals(type);
    }

    /** Whether it stays when it is in the template no more. */
    public boolean isRetained() {
      return json.path("DeletionPolicy").asText().startsWith("Retain");
    }
  }

  /**
   * @param folder that the app was synthesized into
   */
  public static CloudAssembly read(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.sorted().toList();
    }
    List<Template> templates = new ArrayList<>();
    Map<String, String> nested = new HashMap<>();
    int version = 0;
    long zip = 0;
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (name.endsWith(ENDING)) {
        templates.add(
            new Template(name.replace(ENDING, ""), Files.size(file), JSON.readTree(file.toFile())));
      } else if (name.endsWith(".assets.json")) {
        JSON.readTree(file.toFile())
            .path("files")
            .properties()
            .forEach(
                asset ->
                    nested.put(
                        asset.getKey() + ".json",
                        asset.getValue().at("/source/path").asText().replace(ENDING, "")));
      } else if (name.endsWith(".zip")) {
        zip = Math.max(zip, Files.size(file));
      } else if (name.equals("manifest.json")) {
        for (JsonNode artifact : JSON.readTree(file.toFile()).path("artifacts")) {
          int needed = artifact.at("/properties/requiresBootstrapStackVersion").asInt();
          version = Math.max(version, needed);
        }
      }
    }
    return new CloudAssembly(templates, nested, version, zip);
  }

  /** What Lambda stores of one version of each function. */
  public long codeBytes() {
    return zipBytes * resources("AWS::Lambda::Function").count();
  }

  /** The template of the stack itself, which has the nested ones. */
  public Template root() {
    return templates.stream()
        .filter(template -> !template.isNested())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("There is no template of a stack"));
  }

  /** The template of a nested stack, which is an asset. */
  public Optional<Template> nested(Resource stack) {
    JsonNode address = stack.properties().at("/TemplateURL/Fn::Join/1");
    String last = address.path(address.size() - 1).asText();
    String file = nestedFiles.getOrDefault(last.substring(last.lastIndexOf('/') + 1), "");
    return templates.stream().filter(template -> template.name().equals(file)).findFirst();
  }

  public Stream<Resource> resources() {
    return templates.stream().flatMap(Template::resources);
  }

  public Stream<Resource> resources(String type) {
    return resources().filter(resource -> resource.isOf(type));
  }
}
