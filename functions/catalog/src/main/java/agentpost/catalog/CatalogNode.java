package agentpost.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One mapping of the catalog, or of what was written from it, and its path. Reading from it notes
 * what is wrong and goes on, so that all of it is reported at once.
 */
public record CatalogNode(String path, ObjectNode node, List<String> problems) {
  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

  /**
   * @param allowed the keys it may have; none means any
   */
  public static CatalogNode of(
      String path, JsonNode node, List<String> problems, String... allowed) {
    if (!(node instanceof ObjectNode object)) {
      String what = allowed.length == 0 ? "" : " with " + String.join(", ", allowed);
      problems.add(
          (path.isEmpty() ? "the catalog" : path)
              + " must be a mapping"
              + what
              + "; got "
              + kind(node));
      return new CatalogNode(path, JsonNodeFactory.instance.objectNode(), problems);
    }
    List<String> known = List.of(allowed);
    object
        .properties()
        .forEach(
            entry -> {
              if (!known.isEmpty() && !known.contains(entry.getKey())) {
                String key = entry.getKey();
                problems.add(
                    pathOf(path, key)
                        + RenamedKeys.newName(path, key)
                            .map(name -> " is now called " + name)
                            .orElseGet(
                                () -> " is not a key; there are " + String.join(", ", known)));
              }
            });
    return new CatalogNode(path, object, problems);
  }

  public String pathOf(String key) {
    return pathOf(path, key);
  }

  private static String pathOf(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  public Optional<JsonNode> get(String key) {
    return Optional.ofNullable(node.get(key)).filter(value -> !value.isNull());
  }

  public Optional<CatalogNode> section(String key, String... allowed) {
    return get(key).map(value -> of(pathOf(key), value, problems, allowed));
  }

  public int integer(String key, int least, int most, int otherwise) {
    return get(key)
        .map(
            value -> {
              if (value.isInt() && value.intValue() >= least && value.intValue() <= most) {
                return value.intValue();
              }
              problems.add(
                  pathOf(key)
                      + " must be a whole number from "
                      + least
                      + " to "
                      + most
                      + "; got "
                      + value);
              return otherwise;
            })
        .orElse(otherwise);
  }

  /**
   * @param otherwise if the key is not there
   */
  public boolean flag(String key, boolean otherwise) {
    return get(key)
        .map(
            value -> {
              if (!value.isBoolean()) {
                problems.add(pathOf(key) + " must be true or false; got " + value);
              }
              return value.asBoolean(otherwise);
            })
        .orElse(otherwise);
  }

  /** A whole number that must be there. */
  public int integer(String key, int least) {
    return integer(requireKey(key), least, Integer.MAX_VALUE, least);
  }

  /** True or false, which must be there. */
  public boolean flag(String key) {
    return flag(requireKey(key), false);
  }

  /** A number of seconds that must be there. */
  public Duration seconds(String key) {
    return Duration.ofSeconds(integer(key, 1));
  }

  private String requireKey(String key) {
    if (get(key).isEmpty()) {
      problems.add(pathOf(key) + " must be there");
    }
    return key;
  }

  /**
   * A value whose parts have to fit together; if they do not, its own words say so under this path.
   *
   * @param otherwise goes on instead of it, so that the rest is looked at too
   */
  public <T> T make(Supplier<T> value, T otherwise) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      problems.add(pathOf(String.valueOf(e.getMessage())));
      return otherwise;
    }
  }

  /**
   * Whether the key's value is {@code off}, which YAML takes for false; a value that is neither
   * that nor a mapping is a problem, and counts as off.
   */
  public boolean isOff(String key, String... allowed) {
    Optional<JsonNode> value = get(key).filter(node -> !node.isObject());
    value
        .filter(node -> !node.asText().equals("off") && !node.asText().equals("false"))
        .ifPresent(
            node ->
                problems.add(
                    pathOf(key)
                        + " must be off, or a mapping with "
                        + String.join(", ", allowed)
                        + "; got "
                        + kind(node)));
    return value.isPresent();
  }

  /**
   * @param least and {@code most}, as the catalog would have them
   * @param otherwise if the key is not there
   */
  public Duration duration(String key, String least, String most, Duration otherwise) {
    Duration shortest = parse(least).orElseThrow();
    Duration longest = parse(most).orElseThrow();
    if (get(key).isEmpty()) {
      return otherwise;
    }
    return text(
            key,
            "a duration from " + least + " to " + most + ", such as 90s, 30m or 1h",
            text ->
                parse(text)
                    .filter(
                        duration ->
                            duration.compareTo(shortest) >= 0 && duration.compareTo(longest) <= 0)
                    .isPresent())
        .flatMap(CatalogNode::parse)
        .orElse(otherwise);
  }

  private static Optional<Duration> parse(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        });
  }

  public Optional<String> text(String key, String shape, Predicate<String> fits) {
    Optional<String> text =
        get(key).filter(JsonNode::isTextual).map(JsonNode::textValue).filter(fits);
    if (text.isEmpty()) {
      problems.add(
          pathOf(key)
              + " must be "
              + shape
              + "; got "
              + get(key).map(JsonNode::toString).orElse("nothing"));
    }
    return text;
  }

  /**
   * One of some names.
   *
   * @param otherwise if the key is not there
   */
  public String name(String key, SortedSet<String> names, String otherwise) {
    return get(key).isEmpty()
        ? otherwise
        : text(key, "one of " + String.join(", ", names), text -> names.contains(text))
            .orElse(otherwise);
  }

  /**
   * One of an enum's constants, in lower case.
   *
   * @param otherwise if it is none
   */
  public <E extends Enum<E>> E constant(String key, Class<E> type, E otherwise) {
    Map<String, E> byName = new TreeMap<>();
    for (E constant : type.getEnumConstants()) {
      byName.put(constant.name().toLowerCase(Locale.ROOT), constant);
    }
    return text(
            key, "one of " + String.join(", ", byName.keySet()), text -> byName.containsKey(text))
        .map(byName::get)
        .orElse(otherwise);
  }

  public static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case NULL, MISSING -> "nothing";
      case ARRAY -> "a list";
      case OBJECT -> "a mapping";
      case STRING -> "the text " + node;
      default -> node.toString();
    };
  }
}
