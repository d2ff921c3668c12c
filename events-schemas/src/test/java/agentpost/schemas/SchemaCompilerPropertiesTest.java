package agentpost.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class SchemaCompilerPropertiesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final SchemaVersion FIRST = SchemaVersion.parse("1");
  private static final List<Example> EXAMPLES = examples();
  private static final Map<String, EventSchemas> WHOLE = new TreeMap<>();
  private static final Map<String, EventSchemas> ENVELOPE = new TreeMap<>();
  private static final Map<String, EventSchemas> DATA = new TreeMap<>();

  /** An event's own part, and one of its events. */
  private record Example(String type, JsonNode own, JsonNode event) {}

  static {
    for (Example example : EXAMPLES) {
      Envelope envelope = new Envelope();
      WHOLE.put(example.type(), schemas(example, envelope.combine(example.type(), example.own())));
      ObjectNode free = example.own().deepCopy();
      free.putObject("data");
      ENVELOPE.put(example.type(), schemas(example, envelope.combine(example.type(), free)));
      ObjectNode data = JsonNodeFactory.instance.objectNode();
      data.putObject("properties").set("data", example.own().path("data"));
      DATA.put(example.type(), schemas(example, data));
    }
  }

  private static EventSchemas schemas(Example example, JsonNode schema) {
    return EventSchemas.of(Map.of(example.type(), Map.of(FIRST, schema)));
  }

  private static List<Example> examples() {
    List<Example> all = new ArrayList<>();
    for (Path folder : List.of(AllEvents.FRAMEWORK, AllEvents.EXAMPLES)) {
      AllEvents.documents(folder)
          .keySet()
          .forEach(
              type -> {
                JsonNode own = read(folder.resolve(type).resolve("1.schema.json"));
                for (String kind : List.of("examples", "counterexamples")) {
                  try (Stream<Path> files = Files.list(folder.resolve(type).resolve(kind))) {
                    files
                        .sorted()
                        .map(SchemaCompilerPropertiesTest::read)
                        .filter(JsonNode::isObject)
                        .forEach(event -> all.add(new Example(type, own, event)));
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }
              });
    }
    return all;
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whatever an event is: the whole takes it if, and only if, the envelope and its data do. */
  @Property
  void aWholeSchemaTakesWhatEnvelopeAndDataTake(@ForAll long seed) {
    Random random = new Random(seed);
    Example example = EXAMPLES.get(random.nextInt(EXAMPLES.size()));
    ObjectNode event = example.event().deepCopy();
    for (int changes = random.nextInt(3); changes > 0; changes--) {
      change(event, random, () -> value(random));
    }
    event.put("event_type", example.type());
    if (event.path("metadata") instanceof ObjectNode metadata) {
      metadata.remove("schema_version");
    }
    assertThat(isValid(WHOLE, example.type(), event))
        .as(event.toString())
        .isEqualTo(
            isValid(ENVELOPE, example.type(), event) && isValid(DATA, example.type(), event));
  }

  private static boolean isValid(Map<String, EventSchemas> schemas, String type, JsonNode event) {
    return Objects.requireNonNull(schemas.get(type)).validate(event) instanceof Validation.Valid;
  }

  /** Draft-04's own meta-schema, as the validator has it, refuses nothing that is not refused. */
  @Property
  void whatTheMetaSchemaRefusesIsRefused(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    Example example = EXAMPLES.get(random.nextInt(EXAMPLES.size()));
    ObjectNode data = example.own().path("data").deepCopy();
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      change(data, random, () -> keywordValue(random));
    }
    List<String> problems = new ArrayList<>();
    new SchemaKeywords((at, problem) -> problems.add(at + ": " + problem), Set.of())
        .check("", data);
    if (!META_SCHEMA.validate(data).isEmpty()) {
      assertThat(problems).as(data.toString()).isNotEmpty();
    }
  }

  private static final Schema META_SCHEMA = metaSchema();

  private static Schema metaSchema() {
    try (InputStream in = Schema.class.getResourceAsStream("/draft-04/schema")) {
      return SchemaRegistry.withDefaultDialect(Dialects.getDraft4())
          .getSchema(JSON.readTree(Objects.requireNonNull(in)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes something away, puts something in its place or adds something, anywhere in a tree. */
  private static void change(ObjectNode tree, Random random, Supplier<JsonNode> value) {
    ObjectNode place = tree;
    List<String> names = names(place);
    while (random.nextInt(3) > 0) {
      List<String> objects = new ArrayList<>(names);
      ObjectNode here = place;
      objects.removeIf(name -> !here.path(name).isObject());
      if (objects.isEmpty()) {
        break;
      }
      place = (ObjectNode) place.path(objects.get(random.nextInt(objects.size())));
      names = names(place);
    }
    String known = names.isEmpty() ? "x" : names.get(random.nextInt(names.size()));
    switch (random.nextInt(3)) {
      case 0 -> place.remove(known);
      case 1 -> place.set(known, value.get());
      default -> place.set(KEYWORDS.get(random.nextInt(KEYWORDS.size())), value.get());
    }
  }

  private static List<String> names(ObjectNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static final List<String> KEYWORDS =
      List.of(
          "type",
          "enum",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "multipleOf",
          "minLength",
          "maxLength",
          "pattern",
          "format",
          "items",
          "additionalItems",
          "minItems",
          "uniqueItems",
          "required",
          "properties",
          "patternProperties",
          "additionalProperties",
          "maxProperties",
          "dependencies",
          "allOf",
          "anyOf",
          "not",
          "title",
          "description");

  private static JsonNode value(Random random) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (random.nextInt(7)) {
      case 0 -> json.textNode("");
      case 1 -> json.textNode("2026-03-31T10:30:00Z");
      case 2 -> json.numberNode(random.nextInt(300) - 100);
      case 3 -> json.booleanNode(random.nextBoolean());
      case 4 -> json.nullNode();
      case 5 -> json.arrayNode().add("a");
      default -> json.objectNode();
    };
  }

  private static JsonNode keywordValue(Random random) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (random.nextInt(8)) {
      case 0 -> json.textNode(random.nextBoolean() ? "string" : "(");
      case 1 -> json.numberNode(random.nextInt(4) - 1);
      case 2 -> json.numberNode(0.5);
      case 3 -> json.booleanNode(random.nextBoolean());
      case 4 -> json.objectNode().set("type", value(random));
      case 5 -> {
        ArrayNode array = json.arrayNode();
        for (int size = random.nextInt(3); size > 0; size--) {
          array.add(value(random));
        }
        yield array;
      }
      case 6 -> json.arrayNode().add(json.objectNode().put("type", "string"));
      default -> value(random);
    };
  }
}
