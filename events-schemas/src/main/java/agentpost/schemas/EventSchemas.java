package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Schemas of events, JSON Schema draft-04, from a class path or a folder: they are loaded, compared
 * by their versions, and events are held to them. Safe for use by many threads.
 */
public final class EventSchemas {
  private static final int MAX_NAME_SHOWN = 100;
  private final NavigableMap<String, NavigableMap<SchemaVersion, Schema>> schemas = new TreeMap<>();

  private EventSchemas(Map<String, Map<SchemaVersion, JsonNode>> documents) {
    Dialect dialect =
        Dialect.builder(Dialects.getDraft4())
            .format(new EmailAddressFormat())
            .format(new DateTimeFormat())
            .build();
    SchemaRegistryConfig config =
        SchemaRegistryConfig.builder().regularExpressionFactory(LinearExpression::of).build();
    SchemaRegistry registry =
        SchemaRegistry.withDefaultDialect(dialect, builder -> builder.schemaRegistryConfig(config));
    documents.forEach(
        (type, versions) -> {
          NavigableMap<SchemaVersion, Schema> compiled = new TreeMap<>();
          versions.forEach(
              (version, document) -> compiled.put(version, compile(registry, type, document)));
          schemas.put(type, compiled);
        });
  }

  private static Schema compile(SchemaRegistry registry, String type, JsonNode document) {
    try {
      return registry.getSchema(document);
    } catch (SchemaException e) {
      throw new IllegalArgumentException(
          "The schema of " + type + " cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * All schemas that this class's class path has, in whatever jars and folders; read once, for they
   * take a while and do not change.
   */
  public static EventSchemas load() {
    return Loaded.ALL;
  }

  private static final class Loaded {
    private static final EventSchemas ALL = ofClassPath(EventSchemas.class.getClassLoader());
  }

  /**
   * All schemas that the compiler has put on a class path.
   *
   * @throws IllegalStateException if there are none, or one is there twice and not the same
   */
  public static EventSchemas ofClassPath(ClassLoader classPath) {
    CompiledSchemas compiled = CompiledSchemas.read(classPath, _ -> true);
    if (compiled.isEmpty()) {
      throw new IllegalStateException(
          "There is no "
              + CompiledSchemas.INDEX
              + " on the class path; the build makes it, with the schema compiler");
    }
    return new EventSchemas(compiled.documents());
  }

  /**
   * All schemas that the compiler has put among these files.
   *
   * @param roots files by their names on a class path, by the jars and folders that have them
   * @throws IllegalStateException if one is there twice and not the same
   */
  public static EventSchemas ofFiles(Map<String, Map<String, byte[]>> roots) {
    return new EventSchemas(CompiledSchemas.read(roots).documents());
  }

  /** Whether a file of a class path is the compiler's. */
  public static boolean isCompiled(String name) {
    return name.equals(CompiledSchemas.INDEX)
        || (name.startsWith(CompiledSchemas.FOLDER) && name.endsWith(SourceFolder.SCHEMA));
  }

  /**
   * Schemas from elsewhere: by event type and version.
   *
   * @throws IllegalArgumentException if a pattern cannot be matched in linear time
   */
  public static EventSchemas of(Map<String, Map<SchemaVersion, JsonNode>> documents) {
    return new EventSchemas(documents);
  }

  /** Those of others, and the types that only these have. */
  public EventSchemas with(EventSchemas others) {
    Map<String, Map<SchemaVersion, JsonNode>> all = documents();
    all.putAll(others.documents());
    return new EventSchemas(all);
  }

  private Map<String, Map<SchemaVersion, JsonNode>> documents() {
    Map<String, Map<SchemaVersion, JsonNode>> all = new TreeMap<>();
    for (String type : eventTypes()) {
      Map<SchemaVersion, JsonNode> versions = new TreeMap<>();
      versions(type).forEach(version -> versions.put(version, document(type, version)));
      all.put(type, versions);
    }
    return all;
  }

  /** The schema of what all events have in common. */
  public static JsonNode envelope() {
    return new Envelope().schema();
  }

  /** The types there are schemas for, sorted. */
  public SortedSet<String> eventTypes() {
    return schemas.navigableKeySet();
  }

  /** A type's versions, oldest first; none if there is no such type. */
  public NavigableSet<SchemaVersion> versions(String eventType) {
    return Optional.ofNullable(schemas.get(eventType))
        .<NavigableSet<SchemaVersion>>map(NavigableMap::navigableKeySet)
        .orElseGet(TreeSet::new);
  }

  /**
   * The document that an event of this type, of its first major version, is held to.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  public JsonNode newestDocument(String eventType) {
    return Optional.ofNullable(schemas.get(eventType))
        .map(versions -> versions.floorEntry(new SchemaVersion(1, Integer.MAX_VALUE)))
        .orElseThrow()
        .getValue()
        .getSchemaNode();
  }

  /**
   * The document of one version.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  public JsonNode document(String eventType, SchemaVersion version) {
    return Optional.ofNullable(schemas.get(eventType))
        .map(versions -> versions.get(version))
        .orElseThrow()
        .getSchemaNode();
  }

  /** Holds an envelope to the newest minor version of the major version it names. */
  public Validation validate(JsonNode envelope) {
    String type =
        envelope.path("event_type").isTextual() ? envelope.path("event_type").textValue() : "";
    NavigableMap<SchemaVersion, Schema> versions = schemas.get(type);
    if (versions == null) {
      String shown =
          type.length() <= MAX_NAME_SHOWN ? type : type.substring(0, MAX_NAME_SHOWN) + "…";
      return new Validation.UnknownEvent(shown, eventTypes());
    }
    JsonNode asked = envelope.path("metadata").path("schema_version");
    if (!asked.isMissingNode() && !(asked.isInt() && asked.intValue() >= 1)) {
      return new Validation.UnknownVersion(type, versions(type));
    }
    int major = asked.asInt(1);
    var newest = versions.floorEntry(new SchemaVersion(major, Integer.MAX_VALUE));
    if (newest == null || newest.getKey().major() != major) {
      return new Validation.UnknownVersion(type, versions(type));
    }
    List<Violation> violations = violations(newest.getValue(), envelope);
    return violations.isEmpty()
        ? new Validation.Valid(type, newest.getKey())
        : new Validation.Invalid(type, newest.getKey(), violations);
  }

  /**
   * An event on which the validator fails is a bad event as well: nobody can say that it fits, and
   * it fails as often as it comes.
   */
  private static List<Violation> violations(Schema schema, JsonNode envelope) {
    try {
      return schema.validate(envelope).stream().map(Violation::of).toList();
    } catch (RuntimeException | StackOverflowError e) {
      return List.of(
          new Violation(
              "",
              "schema",
              "must be an event that can be held to its schema",
              "one on which that fails with " + e.getClass().getSimpleName()));
    }
  }
}
