package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a command says of arguments that are secrets, or stand where one belongs. */
class SecretArgumentsTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  /** A secret where it does not belong, or one that is none. */
  static Stream<Arguments> commandLinesWithASecret() {
    return Stream.of(
        Arguments.of(SECRET, List.of("verify", "--scheme", "standard", "--secert", SECRET)),
        Arguments.of(SECRET, List.of("verify", "--scheme", "standard", "--secert=" + SECRET)),
        Arguments.of(SECRET, List.of("verify", "--scheme", "standard", "--secret", "--at", SECRET)),
        Arguments.of(SECRET, List.of("verify", "--scheme", "standard", SECRET)),
        Arguments.of(SECRET, List.of("verify", "--scheme", SECRET, "--secret", SECRET)),
        Arguments.of(
            SECRET, List.of("verify", "--scheme", "standard", "--secret", SECRET, "--at", SECRET)),
        Arguments.of(
            SECRET,
            List.of("verify", "--scheme", "standard", "--secret", SECRET, "--tolerance=" + SECRET)),
        Arguments.of(
            SECRET,
            List.of("verify", "--scheme", "standard", "--secret", SECRET, "--scheme", SECRET)),
        Arguments.of(
            SECRET,
            List.of("verify", "--scheme", "standard", "--secret", SECRET, "--header", SECRET)),
        Arguments.of(SECRET, List.of("verify", "-s" + SECRET, "--scheme", "standard")),
        Arguments.of(SECRET, List.of("verify", "--" + SECRET)),
        Arguments.of(
            SECRET,
            List.of(
                "sign", "--scheme", "standard", "--secret", SECRET, "--id", SECRET + " " + SECRET)),
        Arguments.of(
            SECRET,
            List.of(
                "sign",
                "--scheme",
                "standard",
                "--secret",
                SECRET,
                "--id",
                "a",
                "--timestamp",
                SECRET)),
        Arguments.of(SECRET, List.of("sign", "--scheme", "standard", "--secret", SECRET)),
        Arguments.of(SECRET, List.of("local", "--port", SECRET)),
        Arguments.of(SECRET, List.of(SECRET)),
        Arguments.of(SECRET, List.of("--secret", SECRET, "sign")),
        Arguments.of(
            "whsec_'quoted",
            List.of("verify", "--scheme", "standard", "--secret", "whsec_'quoted")),
        Arguments.of(
            "tooshort", List.of("verify", "--scheme", "standard", "--secret", "whsec_tooshort")),
        Arguments.of(
            "no?base?64",
            List.of("sign", "--scheme", "standard", "--secret", "whsec_no?base?64", "--id", "a")),
        Arguments.of(
            "It's a Secret to Everybody",
            List.of("verify", "--scheme", "github", "--secert", "It's a Secret to Everybody")),
        Arguments.of(
            "Everybody",
            List.of(
                "verify",
                "--scheme",
                "github",
                "--secret",
                "It's",
                "a",
                "Secret",
                "to",
                "Everybody")),
        Arguments.of("pässwörd", List.of("sign", "--scheme", "standard", "--sekret=pässwörd")),
        Arguments.of("pässwörd", List.of("--secret", "pässwörd", "sign")),
        Arguments.of("xoxb-1234-abcd", List.of("put", "a.json", "xoxb-1234-abcd")),
        Arguments.of(
            "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
            List.of("dlq", "show", "crm", "--limit", "sk_live_4eC39HqLyjWDarjtT1zdp7dc")),
        Arguments.of(
            "@" + SECRET,
            List.of("sign", "--scheme", "standard", "--secret", "@" + SECRET, "--id", "a")));
  }

  @ParameterizedTest
  @MethodSource("commandLinesWithASecret")
  void neverPrintsASecret(String secret, List<String> args) {
    Run run = Run.of("{}", args.toArray(String[]::new));
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.everything())
        .doesNotContain(secret)
        .doesNotContain("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assertThat(run.err()).startsWith("agentpost: ").contains("--help");
    assertThat(run.out()).isEmpty();
  }

  /** What is no secret, in what is said of it and in the hint that follows. */
  static Stream<Arguments> commandLinesWithoutASecret() {
    return Stream.of(
        Arguments.of(
            "like 2026-03-31T10:30:00Z",
            List.of("dlq", "show", "crm-sync", "--since", "2026-03-31")),
        Arguments.of(
            "like 2026-03-31T10:30:00Z",
            List.of("replay", "--endpoint-url", "http://localhost:1", "--from", "2026-03-31")),
        Arguments.of(
            "like 2026-03-31T10:30:00Z",
            List.of("replay", "--endpoint-url", "http://localhost:1", "--from", "10:30:00Z")),
        Arguments.of(
            "Unmatched argument at index 3: 'extra-word'",
            List.of("dlq", "show", "crm-sync", "extra-word")),
        Arguments.of(
            "'twenty-two' is not an int",
            List.of("dlq", "show", "crm-sync", "--limit", "twenty-two")),
        Arguments.of(
            "like http://localhost:4566",
            List.of("dlq", "list", "--endpoint-url", "localhost:4566")),
        Arguments.of(
            "'--event-typ'", List.of("dlq", "show", "crm-sync", "--event-typ", "user.signed_up")),
        Arguments.of("'user.signed_up'", List.of("dlq", "show", "crm-sync", "user.signed_up")),
        Arguments.of(
            "one of standard, x-webhook-signature",
            List.of("sign", "--scheme", "x-webhook", "--secret", SECRET)));
  }

  @ParameterizedTest
  @MethodSource("commandLinesWithoutASecret")
  void showsWhatIsNoSecretAsItWasTyped(String said, List<String> args) {
    Run run = Run.of("", args.toArray(String[]::new));
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.err()).contains(said).doesNotContain("…");
  }

  /**
   * Whatever text it is and wherever it stands: well spelled, badly spelled, after an equals sign,
   * or as the rest of it.
   */
  @Property
  void noTextThatIsASecretIsRepeated(
      @ForAll @StringLength(min = 8, max = 40) @CharRange(from = '!', to = '~') String secret,
      @ForAll("places") String place) {
    Assume.that(
        !secret.startsWith("-")
            && "agentpost verify --scheme --secret --timestamp accepted unknown".contains(secret)
                == false);
    Run run =
        Run.of(
            "",
            Stream.concat(
                    Stream.of("verify", "--scheme", "github"),
                    Stream.of(place.split(" ")).map(word -> word.replace("SECRET", secret)))
                .toArray(String[]::new));
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.everything()).doesNotContain(secret);
  }

  @Provide
  Arbitrary<String> places() {
    return Arbitraries.of(
        "--secert SECRET",
        "--secert=SECRET",
        "--secret=SECRET --tolerance x",
        "SECRET",
        "--secret a SECRET",
        "--no-such SECRET --secret b",
        "--secret SECRET --no-such");
  }

  @Property
  void noWordIsHiddenWhereNoSecretBelongs(
      @ForAll @StringLength(min = 1, max = 30) @AlphaChars @NumericChars String word) {
    Run run = Run.of("", "dlq", "list", word);
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("'" + word + "'");
  }
}
