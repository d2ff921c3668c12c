package agentpost.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

/**
 * What someone may send who wants a parser to fail: texts, JSON, headers and bodies, and much of
 * the same.
 */
public final class FuzzInputs {
  /** What parsers split at, escape with, count with and look for. */
  private static final List<String> PIECES =
      List.of(
          ",",
          " ",
          ", ",
          ";",
          ":",
          "=",
          "&",
          "%",
          "%41",
          "%zz",
          "%00",
          "+",
          "-",
          ".",
          "..",
          "/",
          "\\",
          "'",
          "\"",
          "\\\"",
          "\\u0000",
          "{",
          "}",
          "[",
          "]",
          "{\"a\":",
          "(",
          ")",
          "*",
          "?",
          "#",
          "@",
          "$.",
          "a",
          "A",
          "0",
          "9",
          "00",
          "1e9",
          "a-",
          "-a",
          "a.",
          "xn--",
          "://",
          "https://",
          "v1,",
          "v1=",
          "t=",
          "v0=",
          "sha256=",
          "whsec_",
          "~0",
          "~1",
          "{body}",
          "{timestamp}",
          "\"detail\":\"",
          "\"status\":",
          "401 ",
          "\n",
          "\r\n",
          "\t",
          "\0",
          "\u001b[2J",
          "\u0085",
          "\u009b",
          "\u2028",
          "\u202e",
          "\u00e9",
          "\uff0e",
          "\ud83d\ude00",
          "\ud800",
          "\ufeff",
          "null",
          "true",
          "NaN",
          "\r\nSet-Cookie: a=b",
          "*a",
          "<a>",
          "<",
          ">",
          "<aws.events.event>",
          "$.detail",
          "[0]",
          "['a']",
          "[99999999999]",
          "Mon, ",
          "arn:aws:sqs:us-east-1:000000000000:q");

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "1",
          "-1",
          "0.1",
          "1e999999999",
          "-1e999999999",
          "1e-999999999",
          "1E+2147483648",
          "1e99999999999999999999",
          "9007199254740993",
          "2147483648",
          "-2147483649",
          "9223372036854775808",
          "1".repeat(99),
          "1".repeat(101),
          "0." + "0".repeat(90) + "1",
          "1.0000000000000000000000000000001",
          "01",
          "+1",
          ".5",
          "NaN",
          "Infinity",
          "0x10");

  private static final List<String> KEYS =
      List.of(
          "event_id",
          "event_type",
          "timestamp",
          "data",
          "metadata",
          "source_service",
          "correlation_id",
          "causation_id",
          "schema_version",
          "status",
          "result",
          "error",
          "data_to_process",
          "callback_url",
          "detail",
          "id",
          "type",
          "a",
          "",
          "$ref",
          "__proto__",
          "Source",
          "DetailType",
          "Detail",
          "Time",
          "Resources",
          "Id",
          "Arn",
          "Input",
          "InputPath",
          "InputTransformer",
          "InputPathsMap",
          "InputTemplate",
          "RetryPolicy",
          "DeadLetterConfig",
          "HttpParameters",
          "ApiKeyAuthParameters",
          "ApiKeyName",
          "ApiKeyValue",
          "FilterArns",
          "$or",
          "prefix",
          "suffix",
          "wildcard",
          "anything-but",
          "numeric",
          "exists",
          "cidr",
          "equals-ignore-case");

  private static final int FLOOD = 100_000;

  private FuzzInputs() {}

  public static Arbitrary<String> texts() {
    Arbitrary<String> pieces =
        Arbitraries.of(PIECES).list().ofMaxSize(20).map(list -> String.join("", list));
    Arbitrary<String> any = Arbitraries.strings().all().ofMaxLength(40);
    Arbitrary<String> much =
        Combinators.combine(Arbitraries.of(PIECES), Arbitraries.integers().between(1, 3000))
            .as(String::repeat);
    return Arbitraries.oneOf(pieces, any, Arbitraries.of(NUMBERS), much);
  }

  public static Arbitrary<String> json() {
    Arbitrary<String> text =
        Arbitraries.oneOf(texts(), texts().map(one -> TextNode.valueOf(one).toString()));
    Arbitrary<String> leaf =
        Arbitraries.oneOf(
            Arbitraries.of(NUMBERS),
            Arbitraries.of("true", "false", "null", "{}", "[]", "\"\""),
            text);
    Arbitrary<String> deep =
        Arbitraries.integers().between(1, 3000).map(depth -> "[".repeat(depth) + "]".repeat(depth));
    Arbitrary<String> deeper =
        Arbitraries.integers()
            .between(1, 3000)
            .map(depth -> "{\"a\":".repeat(depth) + "1" + "}".repeat(depth));
    Arbitrary<String> flat = Arbitraries.oneOf(leaf, deep, deeper);
    Arbitrary<String> objects = objects(Arbitraries.oneOf(leaf, objects(leaf)));
    return Arbitraries.oneOf(
        flat,
        objects,
        objects,
        leaf.list().ofMaxSize(5).map(list -> "[" + String.join(",", list) + "]"));
  }

  private static Arbitrary<String> objects(Arbitrary<String> values) {
    Arbitrary<String> keys =
        Arbitraries.oneOf(Arbitraries.of(KEYS), Arbitraries.of(KEYS), texts())
            .map(key -> TextNode.valueOf(key).toString());
    return Combinators.combine(keys, values)
        .as((key, value) -> key + ":" + value)
        .list()
        .ofMaxSize(6)
        .map(list -> "{" + String.join(",", list) + "}");
  }

  public static Arbitrary<byte[]> bytes() {
    return Arbitraries.oneOf(
        json().map(text -> text.getBytes(UTF_8)),
        texts().map(text -> text.getBytes(UTF_8)),
        Arbitraries.bytes().array(byte[].class).ofMaxSize(200));
  }

  /** Of these names among others, each once or several times. */
  public static Arbitrary<Map<String, List<String>>> headers(String... names) {
    Arbitrary<String> name =
        Arbitraries.oneOf(Arbitraries.of(names), Arbitraries.of(names), texts());
    return Arbitraries.maps(name, texts().list().ofMaxSize(3)).ofMaxSize(6).map(HashMap::new);
  }

  public static final class Texts implements ArbitrarySupplier<String> {
    @Override
    public Arbitrary<String> get() {
      return texts();
    }
  }

  public static final class Json implements ArbitrarySupplier<String> {
    @Override
    public Arbitrary<String> get() {
      return json();
    }
  }

  public static final class Bodies implements ArbitrarySupplier<byte[]> {
    @Override
    public Arbitrary<byte[]> get() {
      return bytes();
    }
  }

  /** A hundred thousand characters of each piece. */
  public static Stream<String> floods() {
    return floods("", "");
  }

  /** A hundred thousand characters of each piece alone, after a beginning and before an end. */
  public static Stream<String> floods(String begin, String end) {
    return PIECES.stream().map(piece -> begin + piece.repeat(FLOOD / piece.length()) + end);
  }

  /**
   * Reads all floods. What looks at each character some dozen times is done with them in a second;
   * what begins anew at each, and looks at all that follow, takes 5,000,000,000 steps for each.
   */
  public static void assertReadsWithoutGoingBack(
      String begin, String end, Consumer<String> parser) {
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> floods(begin, end).forEach(parser));
  }
}
