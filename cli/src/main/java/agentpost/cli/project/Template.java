package agentpost.cli.project;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files of new projects, as they are beside this class: with places to fill in. */
final class Template {
  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z0-9.]+)}}");

  private Template() {}

  /**
   * @param name of the file, without the .txt that keeps compilers and Maven from it
   * @param values by the places' names
   */
  static String fill(String name, Map<String, String> values) {
    return PLACE
        .matcher(read(name + ".txt"))
        .replaceAll(
            place ->
                Matcher.quoteReplacement(
                    Optional.ofNullable(values.get(place.group(1)))
                        .orElseThrow(
                            () ->
                                new IllegalStateException(
                                    name + " has a place " + place.group(1)))));
  }

  static String read(String name) {
    try (InputStream in = Template.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("There is no " + name + " beside " + Template.class);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name, e);
    }
  }
}
