package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;

/** What the documents and each {@code --help} print for their readers to type. */
public final class Documents {
  private static final Pattern FENCE =
      Pattern.compile("(?m)(?:^<!-- snippet: (\\S+) -->\n)?^( *)```(\\w*)\n((?s:.*?))^ *```$");
  private static final Pattern SPAN = Pattern.compile("(?<!`)`([^`\n]+)`(?!`)");
  private static final Pattern EXAMPLE = Pattern.compile("(?ms)^(?:Example|Start with):\n(.*)\\z");

  /**
   * A fenced block of a document, or the example of a help text.
   *
   * @param snippet the name that the document gives it, for the test that runs it
   */
  public record Block(String where, Optional<String> snippet, String language, String text) {
    /** Seen by who reads it; such commands are held to the service's model and not run. */
    boolean isOnAwsOnly() {
      return text.startsWith("# on AWS only\n");
    }

    boolean isCommands() {
      return language.equals("bash");
    }

    @Override
    public String toString() {
      return where;
    }
  }

  /** Between backticks in a sentence or a table: often a form with placeholders. */
  record Span(String where, String text) {}

  private Documents() {}

  private static Stream<Path> files() {
    try (Stream<Path> docs = Files.list(Launcher.HOME.resolve("docs"))) {
      return Stream.concat(
          Stream.of("README.md", "CONTRIBUTING.md").map(Launcher.HOME::resolve),
          docs.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String where(Path file, String text, int at) {
    return Launcher.HOME.relativize(file) + ":" + (text.substring(0, at).lines().count() + 1);
  }

  public static Stream<Block> fenced() {
    return files()
        .flatMap(
            file -> {
              String text = read(file);
              return FENCE
                  .matcher(text)
                  .results()
                  .map(
                      block ->
                          new Block(
                              where(file, text, block.start(4)),
                              Optional.ofNullable(block.group(1)),
                              block.group(3),
                              block.group(4).replaceAll("(?m)^" + block.group(2), "")));
            });
  }

  public static Stream<Span> spans() {
    return files()
        .flatMap(
            file -> {
              String text = read(file);
              // Fences keep their lines' count, not their text.
              String sentences =
                  FENCE
                      .matcher(text)
                      .replaceAll(
                          fence -> Matcher.quoteReplacement(fence.group().replaceAll("[^\n]", "")));
              return SPAN.matcher(sentences)
                  .results()
                  .map(
                      span ->
                          new Span(
                              where(file, sentences, span.start()),
                              span.group(1).replace("\\|", "|")));
            });
  }

  public static Stream<Block> helps() {
    return helps(Agentpost.commandLine(InputStream.nullInputStream()));
  }

  private static Stream<Block> helps(CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    Matcher example = EXAMPLE.matcher(command.getUsageMessage(CommandLine.Help.Ansi.OFF));
    Stream<Block> own =
        example.find()
            ? Stream.of(new Block(name + " --help", Optional.empty(), "bash", example.group(1)))
            : Stream.empty();
    return Stream.concat(own, command.getSubcommands().values().stream().flatMap(Documents::helps));
  }

  /** All that a shell is to read. */
  public static Stream<Block> commands() {
    return Stream.concat(fenced().filter(Block::isCommands), helps());
  }
}
