package agentpost.cli.verification;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.FileErrors;
import agentpost.cli.terminal.PlainWriter;
import agentpost.verification.Check;
import agentpost.verification.Outcome;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * What came of the checks, as JUnit's XML and as Markdown.
 *
 * @param stage as {@code agentpost-try, eu-central-1 of 123456789012}
 */
record VerificationReport(String stage, Instant at, List<Check.Result> results) {
  static final String XML = "TEST-verify-deployment.xml";
  static final String MARKDOWN = "verify-deployment.md";

  void write(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(XML), xml(), UTF_8);
      Files.writeString(folder.resolve(MARKDOWN), markdown(), UTF_8);
    } catch (IOException e) {
      throw new CommandFailure("the report cannot be written: " + FileErrors.explain(e));
    }
  }

  private <T extends Outcome> long count(Class<T> kind) {
    return results.stream().filter(result -> kind.isInstance(result.outcome())).count();
  }

  /** As in {@code 8 ok, 1 failed, 3 skipped}. */
  String summary() {
    return count(Outcome.Passed.class)
        + " ok, "
        + count(Outcome.Failed.class)
        + " failed, "
        + count(Outcome.Skipped.class)
        + " skipped";
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f", time.toMillis() / 1000.0);
  }

  /** The form that CI systems read: one test suite with a case for each check. */
  String xml() {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", "verify-deployment " + stage);
      xml.writeAttribute("timestamp", at.toString());
      xml.writeAttribute("tests", Integer.toString(results.size()));
      xml.writeAttribute("failures", Long.toString(count(Outcome.Failed.class)));
      xml.writeAttribute("errors", "0");
      xml.writeAttribute("skipped", Long.toString(count(Outcome.Skipped.class)));
      xml.writeAttribute(
          "time",
          seconds(results.stream().map(Check.Result::time).reduce(Duration.ZERO, Duration::plus)));
      for (Check.Result result : results) {
        write(xml, result);
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("The report cannot be put as XML", e);
    }
    return text + "\n";
  }

  private static void write(XMLStreamWriter xml, Check.Result result) throws XMLStreamException {
    String said = PlainWriter.line(result.outcome().text());
    xml.writeCharacters("\n  ");
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", "verify-deployment." + result.check().group());
    xml.writeAttribute("name", result.check().sentence());
    xml.writeAttribute("time", seconds(result.time()));
    switch (result.outcome()) {
      case Outcome.Passed _ -> {
        xml.writeStartElement("system-out");
        xml.writeCharacters(said);
        xml.writeEndElement();
      }
      case Outcome.Failed _ -> {
        xml.writeEmptyElement("failure");
        xml.writeAttribute("message", said);
      }
      case Outcome.Skipped _ -> {
        xml.writeEmptyElement("skipped");
        xml.writeAttribute("message", said);
      }
    }
    xml.writeEndElement();
  }

  String markdown() {
    StringBuilder text =
        new StringBuilder("# verify-deployment of ")
            .append(stage)
            .append("\n\n")
            .append(at)
            .append(": ")
            .append(summary())
            .append("\n\n| | check | what was seen | s |\n|---|---|---|---|\n");
    results.forEach(
        result ->
            text.append("| ")
                .append(result.outcome().label())
                .append(" | ")
                .append(result.check().group())
                .append(": ")
                .append(result.check().sentence())
                .append(" | ")
                .append(cell(result.outcome().text()))
                .append(" | ")
                .append(seconds(result.time()))
                .append(" |\n"));
    return text.toString();
  }

  private static String cell(String text) {
    return PlainWriter.line(text).replace("|", "\\|");
  }
}
