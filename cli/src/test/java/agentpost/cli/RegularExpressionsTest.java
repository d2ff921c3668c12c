package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every regular expression of every module's code: java.util.regex takes a frame of the stack for
 * each repeat of a group that can be given back.
 */
class RegularExpressionsTest {
  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*+)\"");
  private static final Pattern COMPILED =
      Pattern.compile(
          "(?:Pattern\\.compile\\(|\\.(?:matches|replaceAll|replaceFirst|split)\\()\\s*\"((?:[^\"\\\\]|\\\\.)*+)\"\\s*[,)]");
  private static final Pattern UNICODE =
      Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*+)\\\\u([0-9a-fA-F]{4})");

  /** Four thousand of the longest piece: a repeat takes two frames of the stack at least. */
  private static final int FLOOD = 20_000;

  /** A fifth of what a thread of Lambda's has. */
  private static final int STACK = 200_000;

  private static final List<String> PIECES =
      List.of(
          "a",
          "A",
          "0",
          "-b",
          "/b",
          ".b",
          "~0",
          "~",
          "-",
          "/",
          ".",
          ":",
          "=",
          "&",
          "%41",
          "\\a",
          "\\",
          "\"",
          "{a}",
          "[",
          " ",
          "\t",
          "\n",
          "1.",
          "a-",
          "A1",
          "\ud83d\ude00",
          "a@",
          "aB",
          "u0000");

  /** Literals with {@code +} between them are one, as they are for the compiler. */
  private static String joined(String source) {
    return source.replaceAll("\"\\s*+\\+\\s*+\"", "");
  }

  private static Set<String> found(Pattern what) throws IOException {
    Set<String> found = new TreeSet<>();
    for (String module :
        List.of(
            "events-schemas",
            "functions/signing",
            "functions/catalog",
            "functions/runtime",
            "functions/gateway",
            "functions/agents",
            "infra-cdk",
            "localstack/cloud",
            "localstack/junit",
            "cli")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          Matcher literal = what.matcher(joined(Files.readString(file)));
          while (literal.find()) {
            found.add(
                UNICODE
                    .matcher(literal.group(1))
                    .replaceAll(
                        escape ->
                            Matcher.quoteReplacement(
                                escape.group(1) + (char) Integer.parseInt(escape.group(2), 16)))
                    .translateEscapes());
          }
        }
      }
    }
    return found;
  }

  /**
   * Groups that are repeated without end and can be given back; none if the text is no regular
   * expression.
   */
  static List<String> recursions(String regex) {
    List<String> recursions = new ArrayList<>();
    List<Integer> open = new ArrayList<>();
    int inClass = 0;
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '[') {
        inClass++;
      } else if (c == ']' && inClass > 0) {
        inClass--;
      } else if (inClass == 0 && c == '(') {
        open.add(i);
      } else if (inClass == 0 && c == ')' && !open.isEmpty()) {
        int begin = open.removeLast();
        Matcher repeat =
            Pattern.compile("[*+]|\\{[0-9]+,(?:[0-9]{3,})?}")
                .matcher(regex)
                .region(i + 1, regex.length());
        if (repeat.lookingAt()
            && !(repeat.end() < regex.length() && regex.charAt(repeat.end()) == '+')) {
          recursions.add(regex.substring(begin, repeat.end()));
        }
      }
    }
    return recursions;
  }

  private static boolean isRegex(String text) {
    try {
      Pattern.compile(text);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  @Test
  void whatCountsAsOne() {
    assertThat(recursions("a(-b)*")).containsExactly("(-b)*");
    assertThat(recursions("(/([^~/]|~[01])*)+"))
        .containsExactly("([^~/]|~[01])*", "(/([^~/]|~[01])*)+");
    assertThat(recursions("(a){2,}b(c){1,2}(d)?[(x)*]\\(e)*")).containsExactly("(a){2,}");
    assertThat(recursions("(?:a)*+(?:b)++(c){2,}+")).isEmpty();
  }

  @Test
  void noneRepeatsAGroupThatCanBeGivenBack() throws IOException {
    assertThat(
            found(LITERAL).stream()
                .filter(RegularExpressionsTest::isRegex)
                .filter(text -> !recursions(text).isEmpty())
                .toList())
        .isEmpty();
  }

  @Test
  void noneOverflowsASmallStack() throws Exception {
    Set<String> expressions = found(COMPILED);
    assertThat(expressions).hasSizeGreaterThan(80).contains("[A-Za-z0-9._:-]{1,128}");
    AtomicReference<@Nullable String> matching = new AtomicReference<>();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread small =
        new Thread(
            null,
            () -> {
              for (String regex :
                  expressions.stream().filter(RegularExpressionsTest::isRegex).toList()) {
                Pattern pattern = Pattern.compile(regex);
                for (String piece : PIECES) {
                  String flood = piece.repeat(FLOOD / piece.length());
                  for (String text :
                      List.of(
                          flood,
                          "a" + flood + "!",
                          "A" + flood,
                          "/" + flood,
                          "--" + flood,
                          "https://" + flood)) {
                    matching.set(regex + " with " + piece);
                    pattern.matcher(text).matches();
                  }
                }
              }
            },
            "small stack",
            STACK);
    small.setUncaughtExceptionHandler((_, thrown) -> failure.set(thrown));
    small.start();
    small.join();
    assertThat(failure.get()).as(String.valueOf(matching.get())).isNull();
  }
}
