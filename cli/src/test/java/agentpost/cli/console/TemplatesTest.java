package agentpost.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.samskivert.mustache.MustacheException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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

  @Test
  void anOperationHasItsDeadlineAndWhatWentWrong() {
    OperationPages.Row row =
        new OperationPages.Row(
            "op-1",
            "bad",
            "TIMED_OUT",
            "crm",
            "<b>score</b>",
            "scorer",
            2,
            "3 min",
            Times.of(Instant.EPOCH),
            "took 2 min",
            Links.to("correlation", "id", "corr"),
            "",
            "no answer");
    String page =
        new Templates()
            .render(
                "operations",
                Map.of(
                    "title",
                    "Operations",
                    "version",
                    1,
                    "tabs",
                    List.of(),
                    "self",
                    Links.to("operations"),
                    "now",
                    Times.of(Instant.EPOCH),
                    "empty",
                    false,
                    "rows",
                    List.of(row),
                    "more",
                    "7"));
    assertThat(page)
        .contains("&lt;b&gt;score&lt;/b&gt;", "TIMED_OUT", "1970-01-01 00:00:00Z", "no answer")
        .contains("7 more");
  }
}
