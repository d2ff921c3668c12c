package agentpost.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.samskivert.mustache.MustacheException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What escaping relies on: ADR 33. */
class TemplatesTest {
  private static List<Path> templates() throws IOException, URISyntaxException {
    Path folder =
        Path.of(Objects.requireNonNull(Templates.class.getResource("top.html")).toURI())
            .getParent();
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".html")).toList();
    }
  }

  @Test
  void nothingIsWrittenUnescapedOrOutsideQuotesOrIntoAScript() throws Exception {
    assertThat(templates()).hasSizeGreaterThan(15);
    for (Path template : templates()) {
      assertThat(Files.readString(template))
          .as(template.toString())
          .doesNotContain("{{{", "{{&", "<style", "javascript:")
          .doesNotContainPattern("\\s[a-z-]++=\\{\\{")
          .doesNotContainPattern("(?i)\\s(style|on[a-z]++)=")
          .doesNotContainPattern("<script(?! src=\"/)");
    }
  }

  @Test
  void aNameThatIsMissingIsAnError() {
    assertThrows(
        MustacheException.class, () -> new Templates().render("message", Map.of("title", "a")));
  }
}
