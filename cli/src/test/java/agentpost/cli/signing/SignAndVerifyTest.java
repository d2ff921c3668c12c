package agentpost.cli.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.signing.Ed25519Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each scenario is the reference vector with one thing changed. */
class SignAndVerifyTest {
  /** The vector of the Standard Webhooks reference libraries. */
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final String SENT = "1614265330";
  private static final String BODY = "{\"test\": 2432232314}";
  private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

  /**
   * {@code printf '%s' '{"test": 2432232314}' | openssl dgst -sha256 -hmac
   * whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}.
   */
  private static final String PLAIN =
      "80ec8a89ce3cd22133a1066caecb4d04fea7467657c8514d717ec42c38a5c94c";

  private static final String OTHER = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);

  /** A command line of verify that is accepted, to be changed in one place. */
  private static final class Verify {
    private String scheme = "standard";
    private List<String> secrets = List.of(SECRET);
    private final List<String> headers =
        new ArrayList<>(
            List.of(
                "webhook-id: " + ID,
                "webhook-timestamp: " + SENT,
                "webhook-signature: " + SIGNATURE));
    private String at = SENT;
    private final List<String> more = new ArrayList<>();

    Run run() {
      return run(BODY.getBytes(UTF_8));
    }

    Run run(byte[] body) {
      List<String> args = new ArrayList<>(List.of("verify", "--scheme", scheme, "--at", at));
      secrets.forEach(secret -> args.addAll(List.of("--secret", secret)));
      headers.forEach(header -> args.addAll(List.of("--header", header)));
      args.addAll(more);
      return Run.of(body, args.toArray(String[]::new));
    }

    static Verify plain() {
      Verify verify = new Verify();
      verify.scheme = "x-webhook-signature";
      verify.headers.clear();
      verify.headers.add("X-Webhook-Signature: sha256=" + PLAIN);
      return verify;
    }
  }

  private static String file(Path directory, String text) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "secret", ".txt"), text).toString();
  }

  /** As editors and {@code aws … > secret.txt} write files. */
  @ParameterizedTest
  @ValueSource(strings = {SECRET, SECRET + "\n", SECRET + "\r\n", "  " + SECRET + " \n\n"})
  void takesASecretFromAFileWithoutItsLineEnd(String text, @TempDir Path directory)
      throws IOException {
    String file = file(directory, text);
    assertThat(sign("--scheme", "standard", "--secret-file", file, "--id", ID, "--timestamp", SENT))
        .isEqualTo(
            sign("--scheme", "standard", "--secret", SECRET, "--id", ID, "--timestamp", SENT));
    assertEquals(
        new Run(0, "X-Webhook-Signature: sha256=" + PLAIN + "\n", ""),
        sign("--scheme", "x-webhook-signature", "--secret-file", file));
    Verify verify = new Verify();
    verify.secrets = List.of();
    verify.more.addAll(List.of("--secret-file", file));
    assertEquals(new Run(0, "accepted\n", ""), verify.run());
  }

  @Test
  void theOrderOfSecretsIsThatOfTheCommandLineWhereverTheyComeFrom(@TempDir Path directory)
      throws IOException {
    Run expected =
        sign(
            "--scheme",
            "standard",
            "--secret",
            OTHER,
            "--secret",
            SECRET,
            "--id",
            ID,
            "--timestamp",
            SENT);
    assertEquals(0, expected.exitCode());
    assertEquals(
        expected,
        sign(
            "--scheme",
            "standard",
            "--secret-file",
            file(directory, OTHER),
            "--secret",
            SECRET,
            "--id",
            ID,
            "--timestamp",
            SENT));
    assertEquals(
        expected,
        sign(
            "--scheme",
            "standard",
            "--secret",
            OTHER,
            "--id",
            ID,
            "--secret-file",
            file(directory, SECRET),
            "--timestamp",
            SENT));
  }

  /** A secret that was typed where a name belongs is not shown. */
  @Test
  void saysWhyThereIsNoSecretAndNotWhatWasTyped(@TempDir Path directory) throws IOException {
    String latin1 =
        Files.write(directory.resolve("latin1.txt"), new byte[] {'p', (byte) 0xe4}).toString();
    for (String command : List.of("sign", "verify")) {
      assertRefused(
          Run.of(BODY, command, "--scheme", "standard", "--secret-file", SECRET),
          "'--secret-file': the file cannot be read: NoSuchFileException");
      assertRefused(
          Run.of(BODY, command, "--scheme", "standard", "--secret-file", directory.toString()),
          "'--secret-file': the file cannot be read");
      assertRefused(
          Run.of(BODY, command, "--scheme", "standard", "--secret-file", latin1),
          "'--secret-file': the file is not UTF-8");
      assertRefused(
          Run.of(BODY, command, "--scheme", "standard", "--secret-file", file(directory, "\n")),
          "'--secret-file': A webhook secret is whsec_");
      assertRefused(
          Run.of(
              BODY,
              command,
              "--scheme",
              "x-webhook-signature",
              "--secret-file",
              file(directory, "\n")),
          "'--secret-file': A webhook secret must not be empty");
      assertRefused(
          Run.of(
              BODY,
              command,
              "--scheme",
              "standard",
              "--secret-file",
              file(directory, "whsec_AAAA\n")),
          "'--secret-file': A webhook secret is whsec_");
      assertRefused(
          Run.of(BODY, command, "--scheme", "standard", "--secret-env", SECRET),
          "'--secret-env': there is no such environment variable");
      assertRefused(
          Run.of(BODY, command, "--scheme", "x-webhook-signature", "--secret", "p\ufffdssword"),
          "'--secret': it is not in the encoding of this locale");
      assertRefused(
          Run.of(BODY, command, "--scheme", "standard"),
          "'--secret-file=FILE', '--secret-env=NAME' or '--secret=SECRET'");
    }
    assertRefused(
        Run.of(BODY, "verify", "--scheme", "github", "--secret-file", file(directory, " \n")),
        "'--secret-file': A source's secret must not be empty");
  }

  private static void assertRefused(Run run, String why) {
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.err()).contains(why).doesNotContain(SECRET, SECRET.substring(6));
    assertEquals("", run.out());
  }

  private static Run sign(byte[] body, String... args) {
    return Run.of(body, Stream.concat(Stream.of("sign"), Stream.of(args)).toArray(String[]::new));
  }

  private static Run sign(String... args) {
    return sign(BODY.getBytes(UTF_8), args);
  }

  @Test
  void signsTheReferenceVector() {
    assertEquals(
        new Run(
            0,
            "webhook-id: "
                + ID
                + "\nwebhook-timestamp: "
                + SENT
                + "\nwebhook-signature: "
                + SIGNATURE
                + "\n",
            ""),
        sign("--scheme", "standard", "--secret", SECRET, "--id", ID, "--timestamp", SENT));
  }

  @Test
  void signsThePlainSchemeWithTheSecretsTextAsKey() {
    assertEquals(
        new Run(0, "X-Webhook-Signature: sha256=" + PLAIN + "\n", ""),
        sign("--scheme", "x-webhook-signature", "--secret", SECRET));
  }

  @Test
  void signsWithEachOfSeveralSecrets() {
    Run run =
        sign(
            "--scheme",
            "standard",
            "--secret",
            OTHER,
            "--secret",
            SECRET,
            "--id",
            ID,
            "--timestamp",
            SENT);
    assertThat(run.out())
        .containsPattern("webhook-signature: v1,[A-Za-z0-9+/=]{44} \\Q" + SIGNATURE + "\\E\n");
  }

  @Test
  void signsAsOfNowUnlessGivenATime() {
    long before = System.currentTimeMillis() / 1000;
    Run run = sign("--scheme", "standard", "--secret", SECRET, "--id", ID);
    long sent = Long.parseLong(run.out().replaceAll("(?s).*webhook-timestamp: (\\d+).*", "$1"));
    assertThat(sent).isBetween(before, before + 60);
  }

  @Test
  void doesNotSignWithoutAnId() {
    Run run = sign("--scheme", "standard", "--secret", SECRET, "--timestamp", SENT);
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("'--id=ID'");
  }

  @Test
  void doesNotSignAnIdThatCannotStandInAHeader() {
    Run run =
        sign("--scheme", "standard", "--secret", SECRET, "--id", "two\nlines", "--timestamp", SENT);
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("webhook-id must be visible ASCII");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void acceptsTheReferenceVector() {
    assertEquals(new Run(0, "accepted\n", ""), new Verify().run());
  }

  @Test
  void acceptsThePlainVectorWithAndWithoutItsPrefix() {
    assertEquals(new Run(0, "accepted\n", ""), Verify.plain().run());
    Verify bare = Verify.plain();
    bare.headers.set(0, "x-webhook-signature: " + PLAIN);
    assertEquals(0, bare.run().exitCode());
  }

  @Test
  void acceptsHeaderNamesInAnyCase() {
    Verify verify = new Verify();
    verify.headers.replaceAll(
        header ->
            header.substring(0, header.indexOf(':')).toUpperCase(Locale.ROOT)
                + header.substring(header.indexOf(':')));
    assertEquals(0, verify.run().exitCode());
  }

  @Test
  void acceptsOneFittingSignatureHeaderAmongSeveral() {
    Verify verify = new Verify();
    verify.headers.add(
        2, "webhook-signature: v1," + Base64.getEncoder().encodeToString(new byte[32]));
    assertEquals(0, verify.run().exitCode());
  }

  @Test
  void acceptsThePreviousSecretDuringARotation() {
    Verify verify = new Verify();
    verify.secrets = List.of(OTHER, SECRET);
    assertEquals(0, verify.run().exitCode());
    Verify plain = Verify.plain();
    plain.secrets = List.of(OTHER, SECRET);
    assertEquals(0, plain.run().exitCode());
  }

  @Test
  void rejectsWhatAnotherSecretSigned() {
    Verify verify = new Verify();
    verify.secrets = List.of(OTHER);
    assertEquals(
        new Run(1, "rejected: bad signature: not one of this body by a given secret\n", ""),
        verify.run());
    Verify plain = Verify.plain();
    plain.secrets = List.of(OTHER);
    assertEquals(1, plain.run().exitCode());
  }

  @Test
  void rejectsABodyWithALineBreakMore() {
    assertEquals(1, new Verify().run((BODY + "\n").getBytes(UTF_8)).exitCode());
  }

  @Test
  void readsTheBodyByteForByte() {
    byte[] everyByte = new byte[256];
    for (int i = 0; i < everyByte.length; i++) {
      everyByte[i] = (byte) i;
    }
    for (String scheme : List.of("standard", "x-webhook-signature")) {
      Verify verify = new Verify();
      verify.scheme = scheme;
      verify.headers.clear();
      verify.headers.addAll(
          sign(everyByte, "--scheme", scheme, "--secret", SECRET, "--id", ID, "--timestamp", SENT)
              .out()
              .lines()
              .toList());
      assertEquals(0, verify.run(everyByte).exitCode(), scheme);
      byte[] changed = everyByte.clone();
      changed[0xfe]++;
      assertEquals(1, verify.run(changed).exitCode(), scheme);
    }
  }

  @ParameterizedTest
  @CsvSource({"1614265030,0", "1614265029,1", "1614265630,0", "1614265631,1"})
  void holdsTheTimestampToFiveMinutesEitherWay(String at, int exitCode) {
    Verify verify = new Verify();
    verify.at = at;
    Run run = verify.run();
    assertEquals(exitCode, run.exitCode(), run.out());
    assertThat(run.out())
        .contains(
            exitCode == 0
                ? "accepted"
                : "stale: webhook-timestamp 1614265330 is more than 300 s off");
  }

  @ParameterizedTest
  @CsvSource({
    "0,1614265330,0",
    "0,1614265331,1",
    "10,1614265340,0",
    "10,1614265341,1",
    "999999999999,0,0"
  })
  void holdsTheTimestampToAGivenTolerance(String tolerance, String at, int exitCode) {
    Verify verify = new Verify();
    verify.at = at;
    verify.more.addAll(List.of("--tolerance", tolerance));
    assertEquals(exitCode, verify.run().exitCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NaN",
        "-1614265330",
        "+1614265330",
        "1614265330.5",
        "99999999999999999999",
        "0x60381F72",
        "now"
      })
  void rejectsATimestampHeaderThatIsNoTime(String timestamp) {
    Verify verify = new Verify();
    verify.headers.set(1, "webhook-timestamp: " + timestamp);
    assertEquals(
        new Run(
            1,
            "rejected: malformed: webhook-timestamp must be whole seconds since 1970, in at most 12"
                + " digits\n",
            ""),
        verify.run());
  }

  /** As a source of the catalog takes them, one set or the other and never both mixed. */
  @Test
  void takesSvixsNamesForTheSameHeaders() {
    Verify verify = new Verify();
    verify.headers.replaceAll(header -> header.replace("webhook-", "svix-"));
    assertEquals(new Run(0, "accepted\n", ""), verify.run());
    verify.headers.set(0, verify.headers.getFirst().replace("svix-", "webhook-"));
    assertEquals(1, verify.run().exitCode());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void rejectsAMissingHeader(int missing) {
    Verify verify = new Verify();
    verify.headers.remove(missing);
    Run run = verify.run();
    assertEquals(1, run.exitCode());
    assertThat(run.out())
        .startsWith(
            "rejected: unsigned: there is no "
                + List.of("webhook-id", "webhook-timestamp", "webhook-signature").get(missing));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void rejectsAnIdOrATimestampGivenTwice(int twice) {
    Verify verify = new Verify();
    verify.headers.add(verify.headers.get(twice));
    assertEquals(1, verify.run().exitCode());
  }

  @Test
  void rejectsARequestWithoutAnyHeader() {
    Verify verify = new Verify();
    verify.headers.clear();
    Run run = verify.run();
    assertEquals(1, run.exitCode());
    assertThat(run.out()).startsWith("rejected: unsigned: there is no signature");
  }

  @ParameterizedTest
  @ValueSource(strings = {"webhook-id", ": value", ""})
  void takesNoHeaderWithoutANameAndAColon(String header) {
    Verify verify = new Verify();
    verify.headers.add(header);
    Run run = verify.run();
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("'--header': expected 'NAME: VALUE'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"NaN", "-5", "1e9", "99999999999999999999", "9223372036854775807", "5 minutes"})
  void takesNoTimeThatIsNotWholeSeconds(String value) {
    Verify at = new Verify();
    at.at = value;
    Verify tolerance = new Verify();
    tolerance.more.addAll(List.of("--tolerance", value));
    Run timestamp =
        sign("--scheme", "standard", "--secret", SECRET, "--id", ID, "--timestamp", value);
    for (Run run : List.of(at.run(), tolerance.run(), timestamp)) {
      assertEquals(2, run.exitCode());
      assertThat(run.err())
          .containsPattern("'--(at|tolerance|timestamp)'.*it must be whole seconds")
          .doesNotContain("Exception", "\tat ");
      assertThat(run.out()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "standard ", "STANDARD", "hmac"})
  void takesNoOtherScheme(String scheme) {
    Verify verify = new Verify();
    verify.scheme = scheme;
    Run run = verify.run();
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("it must be one of standard, x-webhook-signature");
  }

  /** GitHub's published vector ("Validating webhook deliveries"): its secret is a sentence. */
  @Test
  void thePlainSchemesSecretMayBeAnyText() {
    byte[] body = "Hello, World!".getBytes(UTF_8);
    String header =
        "X-Webhook-Signature:"
            + " sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assertEquals(
        new Run(0, header + "\n", ""),
        sign(body, "--scheme", "x-webhook-signature", "--secret", "It's a Secret to Everybody"));
    assertEquals(
        new Run(0, "accepted\n", ""),
        Run.of(
            body,
            "verify",
            "--scheme",
            "x-webhook-signature",
            "--secret",
            "It's a Secret to Everybody",
            "--header",
            header));
    assertEquals(2, sign(body, "--scheme", "x-webhook-signature", "--secret", "").exitCode());
  }

  /** The vector of Standard Webhooks' Go library, libraries/go/webhook_asymmetric_test.go. */
  @Test
  void signsWithAnEd25519KeyAndVerifiesWithItsPublicHalf() {
    String key = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";
    String signature =
        "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==";
    Run signed =
        Run.of(
            BODY, "sign", "--scheme", "standard", "--secret", key, "--id", ID, "--timestamp", SENT);
    assertThat(signed.out()).contains("webhook-signature: " + signature + "\n");
    Verify verify = new Verify();
    verify.secrets = List.of(Ed25519Key.of(key).publicText());
    verify.headers.set(2, "webhook-signature: " + signature);
    assertEquals("accepted\n", verify.run().out());
    assertEquals(
        "rejected: bad signature: not one of this body by a given secret\n",
        verify.run("{}".getBytes(UTF_8)).out());
    Run unsigned =
        Run.of(
            BODY,
            "sign",
            "--scheme",
            "standard",
            "--secret",
            verify.secrets.getFirst(),
            "--id",
            ID);
    assertEquals(2, unsigned.exitCode());
    assertThat(unsigned.err()).contains("what signs is whsk_");
  }
}
