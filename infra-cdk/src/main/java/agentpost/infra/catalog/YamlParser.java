package agentpost.infra.catalog;

import agentpost.schemas.JsonTree;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** YAML without aliases or keys that stand twice; numbers keep their digits. */
final class YamlParser {
  /** As Jackson says it. */
  private static final Pattern TWICE = Pattern.compile("Duplicate field '(.*)'");

  private YamlParser() {}

  /**
   * @throws CatalogException if it is no such YAML, with the line
   */
  static JsonNode parse(String file, String yaml) {
    try {
      YAMLFactory format = new YAMLFactory();
      format.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      refuseAliases(file, yaml, format);
      // A constant of a mapping is published with the digits it has here.
      return JsonMapper.builder(format)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .addModule(JsonTree.module())
          .build()
          .readTree(yaml);
    } catch (NumberFormatException e) {
      // Not wrapped by Jackson: an exponent of more digits than a BigDecimal has room for.
      throw new CatalogException(file, List.of("has a number that is too large or too small"));
    } catch (JsonProcessingException e) {
      Matcher twice = TWICE.matcher(e.getOriginalMessage());
      throw new CatalogException(
          file,
          List.of(
              twice.matches()
                  ? "has " + twice.group(1) + " twice, again" + line(e)
                  : "is not YAML" + line(e) + ": " + e.getOriginalMessage()));
    }
  }

  /** Of the mistake; the mapper's own location is that of the last token before it. */
  private static String line(JsonProcessingException e) {
    if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      return " in line " + (marked.getProblemMark().getLine() + 1);
    }
    return e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
  }

  /** The mapper takes an alias for a text, its name; who wrote it meant what it stands for. */
  private static void refuseAliases(String file, String yaml, YAMLFactory format)
      throws JsonProcessingException {
    try (YAMLParser parser = format.createParser(yaml)) {
      while (parser.nextToken() != null) {
        if (parser.isCurrentAlias()) {
          throw new CatalogException(
              file,
              List.of(
                  "has an alias in line "
                      + parser.currentTokenLocation().getLineNr()
                      + ", and there are none here; write it out"));
        }
      }
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new CatalogException(file, List.of("cannot be read: " + e));
    }
  }
}
