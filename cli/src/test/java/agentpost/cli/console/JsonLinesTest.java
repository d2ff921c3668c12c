package agentpost.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class JsonLinesTest {
  private static final JsonLines LINES =
      JsonLines.of("{\n\"data\": {\n\"a\": [1,\n2]\n},\n\"b/c\": 1\n}");

  @Test
  void aValueHasTheLineThatItBeginsOn() {
    assertEquals("2", LINES.find("/data"));
    assertEquals("3", LINES.find("/data/a"));
    assertEquals("4", LINES.find("/data/a/1"));
    assertEquals("6", LINES.find("/b~1c"));
  }

  @Test
  void whatIsMissingHasTheLineOfWhatItIsMissingIn() {
    assertEquals("2", LINES.find("/data/email"));
    assertEquals("", LINES.find("/metadata"));
  }
}
