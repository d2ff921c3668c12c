package agentpost.cli.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** verify: what it accepts and what it rejects. */
class VerifyTest extends SigningTestBed {
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
        new Run(1, "rejected: bad signature: none matches this body and a given secret\n", ""),
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
}
