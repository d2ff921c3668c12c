package agentpost.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.hostile.Forgeries;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The receivers' programs that {@code docs/security.md} links to, each where its language is
 * installed.
 */
class SecurityDocumentTest {
  private static final Path DOCUMENTS = Path.of("..", "..", "docs");
  private static final String CURRENT = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String PREVIOUS = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private final Instant now = Instant.now();
  private final byte[] body = event(now);

  @TempDir private Path directory;

  private static byte[] event(Instant at) {
    return ("{\"event_id\":\"uuid-1234-abcd\",\"event_type\":\"user.signed_up\",\"timestamp\":\""
            + at
            + "\",\"data\":{\"name\":\"Zo\u00eb\"}}")
        .getBytes(UTF_8);
  }

  private static Signer by(String current, String... previous) {
    return new Signer(
        KeySet.of(
            WebhookSecret.of(current),
            Arrays.stream(previous).map(WebhookSecret::of).toArray(WebhookSecret[]::new)));
  }

  private Map<String, String> standard(Signer signer, Instant sentAt) {
    return signer.standard("uuid-1234-abcd", sentAt, body);
  }

  /** What a receiver gets, and what it is to say of it. */
  private record Case(String what, Map<String, String> headers, byte[] body, String expected) {
    static Case of(String what, Map<String, String> headers, byte[] body, String expected) {
      return new Case(what, new LinkedHashMap<>(headers), body, expected);
    }

    byte[] request() {
      StringBuilder head = new StringBuilder("Content-Type: application/json");
      headers.forEach((name, value) -> head.append("\r\n").append(name).append(": ").append(value));
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(head.append("\r\n\r\n").toString().getBytes(UTF_8));
      request.writeBytes(body);
      return request.toByteArray();
    }
  }

  private List<Case> cases() {
    byte[] changed = new String(body, UTF_8).replace("Zo", "zo").getBytes(UTF_8);
    byte[] old = event(now.minus(Duration.ofHours(26)));
    Map<String, String> both =
        new LinkedHashMap<>(by(PREVIOUS).standard("uuid-1234-abcd", now, changed));
    both.putAll(by(CURRENT).signPlain(body));
    Map<String, String> noTime = new LinkedHashMap<>(standard(by(CURRENT), now));
    noTime.remove("webhook-timestamp");
    Map<String, String> noId = new LinkedHashMap<>(standard(by(CURRENT), now));
    noId.remove("webhook-id");
    Map<String, String> noSignature = new LinkedHashMap<>(standard(by(CURRENT), now));
    noSignature.remove("webhook-signature");
    Map<String, String> oddTime = new LinkedHashMap<>(standard(by(CURRENT), now));
    oddTime.put("webhook-timestamp", "soon");
    return List.of(
        Case.of("as it is sent", by(CURRENT).sign("uuid-1234-abcd", now, body), body, "accepted"),
        Case.of(
            "during a rotation, by a receiver with both",
            standard(by("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", CURRENT), now),
            body,
            "accepted"),
        Case.of("signed with the second secret", standard(by(PREVIOUS), now), body, "accepted"),
        Case.of(
            "by neither",
            standard(by("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), now),
            body,
            "bad signature"),
        Case.of("with its body changed", standard(by(CURRENT), now), changed, "bad signature"),
        Case.of(
            "sent ten minutes ago",
            standard(by(CURRENT), now.minus(Duration.ofMinutes(10))),
            body,
            "stale"),
        Case.of(
            "sent in ten minutes",
            standard(by(CURRENT), now.plus(Duration.ofMinutes(10))),
            body,
            "stale"),
        Case.of("without its time", noTime, body, "bad signature"),
        Case.of("without its id", noId, body, "bad signature"),
        Case.of("without its signature", noSignature, body, "bad signature"),
        Case.of("with a time that is none", oddTime, body, "malformed"),
        Case.of("with only X-Webhook-Signature", by(CURRENT).signPlain(body), body, "accepted"),
        Case.of(
            "with only X-Webhook-Signature, by the second secret",
            by(PREVIOUS).signPlain(body),
            body,
            "accepted"),
        Case.of(
            "with only X-Webhook-Signature, its body changed",
            by(CURRENT).signPlain(body),
            changed,
            "bad signature"),
        Case.of(
            "with only X-Webhook-Signature, of an event of yesterday",
            by(CURRENT).signPlain(old),
            old,
            "stale"),
        Case.of(
            "with a good X-Webhook-Signature beside bad webhook-* headers",
            both,
            body,
            "bad signature"),
        Case.of("without any signature", Map.of(), body, "bad signature"),
        Case.of("with a signed time", signedAt("+" + now.getEpochSecond()), body, "malformed"),
        Case.of(
            "with a time of a thousand digits", signedAt("1".repeat(1_000)), body, "malformed"));
  }

  private Map<String, String> signedAt(String time) {
    Map<String, String> headers = new LinkedHashMap<>(standard(by(CURRENT), now));
    headers.put("webhook-timestamp", time);
    return headers;
  }

  /**
   * Bodies that X-Webhook-Signature alone signs: their age is that of the envelope's timestamp, in
   * every form that its schema takes, and nothing else's.
   */
  private List<Case> plainCases() {
    String fresh = "\"" + now + "\"";
    String stale = "\"2020-01-01T00:00:00Z\"";
    String seconds = now.toString().substring(0, 17);
    return List.of(
        plain("{\"data\":{\"timestamp\":" + fresh + "},\"timestamp\":" + stale + "}", "stale"),
        plain("{\"data\":{\"timestamp\":" + stale + "},\"timestamp\":" + fresh + "}", "accepted"),
        plain(
            "{\"data\":[{\"timestamp\":" + stale + "}],\"timestamp\" : " + fresh + "}", "accepted"),
        plain(
            "{\"event_type\":\"timestamp\",\"x\":" + stale + ",\"timestamp\":" + fresh + "}",
            "accepted"),
        plain("{\"x\":\"\\\"timestamp\\\":" + "\",\"timestamp\":" + fresh + "}", "accepted"),
        plain("{\"x\":\"" + "\\\\".repeat(100_000) + "\",\"timestamp\":" + fresh + "}", "accepted"),
        plain("{\"timestamp\":\"" + seconds.toLowerCase(Locale.ROOT) + "00z\"}", "accepted"),
        plain("{\"timestamp\":\"" + seconds + "60Z\"}", "accepted"),
        plain("{\"timestamp\":\"" + seconds + "00.123456789012+00:00\"}", "accepted"),
        plain("{\"data\":{\"timestamp\":" + fresh + "}}", "malformed"),
        plain("{\"Timestamp\":" + fresh + "}", "malformed"),
        plain("{\"timestamp\":" + now.getEpochSecond() + "}", "malformed"),
        plain("{\"timestamp\":null}", "malformed"),
        plain("{\"timestamp\":[" + fresh + "]}", "malformed"),
        plain("{\"timestamp\":\"yesterday\"}", "malformed"),
        plain("{\"timestamp\":\"2026-02-30T00:00:00Z\"}", "malformed"),
        plain("{\"timestamp\":\"2026-03-31T25:00:00Z\"}", "malformed"),
        plain("[" + fresh + "]", "malformed"),
        plain("no JSON", "malformed"),
        plain("", "malformed"));
  }

  private static Case plain(String body, String expected) {
    byte[] bytes = body.getBytes(UTF_8);
    return Case.of(
        "the body " + body.substring(0, Math.min(80, body.length())),
        by(CURRENT).signPlain(bytes),
        bytes,
        expected);
  }

  private Path program(String name) throws IOException {
    assertThat(Files.readString(DOCUMENTS.resolve("security.md")))
        .contains("(examples/" + name + ")");
    return Files.copy(DOCUMENTS.resolve("examples").resolve(name), directory.resolve(name));
  }

  private static void assumeThereIs(String command) {
    boolean found =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    assumeTrue(found, "there is no " + command + " here");
  }

  private record Ended(int code, String output) {}

  private Ended ended(List<String> command, byte[] in) throws Exception {
    Path request = Files.write(directory.resolve("request.http"), in);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(request.toFile())
            .directory(directory.toFile())
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    return new Ended(process.waitFor(), output);
  }

  private String run(List<String> command, byte[] in) throws Exception {
    Ended ended = ended(command, in);
    assertEquals(0, ended.code(), ended.output());
    return ended.output();
  }

  private static List<String> with(List<String> command, String... secrets) {
    return Stream.concat(command.stream(), Stream.of(secrets)).toList();
  }

  private void assertVerifies(String... program) throws Exception {
    List<String> command = List.of(program);
    for (Case each : Stream.concat(cases().stream(), plainCases().stream()).toList()) {
      assertEquals(
          each.expected(), run(with(command, CURRENT, PREVIOUS), each.request()), each.what());
    }
    String bare = CURRENT.replace("whsec_", "");
    for (String bad :
        List.of(
            "whsec_" + bare.substring(0, 16) + "\n" + bare.substring(16),
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDAA",
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDAB==")) {
      assertRefuses(with(command, bad), standard(by(CURRENT), now), bad);
    }
    assertEquals(
        "accepted",
        run(with(command, "  " + CURRENT + "\n"), cases().getFirst().request()),
        "white space around a secret is no part of it");
    for (String bad : Forgeries.UNUSABLE) {
      for (Map<String, String> headers : Forgeries.of(bad, now, body)) {
        assertRefuses(with(command, bad), headers, bad);
      }
      assertRefuses(with(command, CURRENT, bad), Forgeries.of(bad, now, body).getFirst(), bad);
    }
    assertRefuses(command, Forgeries.of("", now, body).getFirst(), "none at all");
  }

  /**
   * An error, so that who runs it sees it, and not a refusal that looks like the sender's fault; it
   * does not show the secret.
   */
  private void assertRefuses(List<String> command, Map<String, String> headers, String secret)
      throws Exception {
    Ended ended = ended(command, Case.of("forged", headers, body, "").request());
    assertThat(ended.output())
        .as("secret <%s>, headers %s", secret, headers)
        .doesNotContain("accepted")
        .contains("secret");
    assertThat(ended.code()).as("secret <%s>: %s", secret, ended.output()).isNotZero();
    if (secret.length() > "whsec_".length()) {
      assertThat(ended.output()).doesNotContain(secret.replace("whsec_", ""));
    }
  }

  @Test
  void java() throws Exception {
    program("Verify.java");
    String home = System.getProperty("java.home");
    run(
        List.of(
            home + "/bin/javac",
            "-d",
            directory.toString(),
            "-J-XX:TieredStopAtLevel=1",
            directory.resolve("Verify.java").toString()),
        new byte[0]);
    assertVerifies(
        home + "/bin/java",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-cp",
        directory.toString(),
        "Verify");
  }

  /** By the interpreter itself: a version manager's script before it takes longer than it does. */
  @Test
  void python() throws Exception {
    assumeThereIs("python3");
    String python = run(List.of("python3", "-c", "import sys; print(sys.executable)"), new byte[0]);
    assertVerifies(python, program("verify.py").toString());
  }

  @Test
  void node() throws Exception {
    assumeThereIs("node");
    assertVerifies("node", program("verify.mjs").toString());
  }

  /**
   * Where nothing was built with it before, it builds its library first, which takes a minute on a
   * busy machine.
   */
  @Test
  void go() throws Exception {
    assumeThereIs("go");
    run(
        List.of(
            "go",
            "build",
            "-o",
            directory.resolve("verify").toString(),
            program("verify.go").toString()),
        new byte[0]);
    assertVerifies(directory.resolve("verify").toString());
  }

  @Test
  void ourOwnVerifierSaysTheSame() {
    KeySet live = KeySet.of(WebhookSecret.of(CURRENT), WebhookSecret.of(PREVIOUS));
    Verifier verifier =
        new Verifier(
            live, java.time.Clock.fixed(now, java.time.ZoneOffset.UTC), Verifier.DEFAULT_TOLERANCE);
    for (Case each : cases()) {
      Map<String, List<String>> headers = new LinkedHashMap<>();
      each.headers().forEach((name, value) -> headers.put(name, List.of(value)));
      boolean accepted = verifier.verify(headers, each.body()) instanceof Verification.Accepted;
      // The age of what only X-Webhook-Signature signs is the inbox's business.
      assertEquals(
          each.expected().equals("accepted"),
          accepted && !each.what().contains("yesterday"),
          each.what());
    }
  }
}
