package agentpost.cli.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.cli.Run;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** The reference vector of Standard Webhooks, and runs of sign and verify. */
abstract class SigningTestBed {
  /** The vector of the Standard Webhooks reference libraries. */
  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  static final String SENT = "1614265330";
  static final String BODY = "{\"test\": 2432232314}";
  static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

  /**
   * {@code printf '%s' '{"test": 2432232314}' | openssl dgst -sha256 -hmac
   * whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}.
   */
  static final String PLAIN = "80ec8a89ce3cd22133a1066caecb4d04fea7467657c8514d717ec42c38a5c94c";

  static final String OTHER = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);

  /** A command line of verify that is accepted, to be changed in one place. */
  static final class Verify {
    String scheme = "standard";
    List<String> secrets = List.of(SECRET);
    final List<String> headers =
        new ArrayList<>(
            List.of(
                "webhook-id: " + ID,
                "webhook-timestamp: " + SENT,
                "webhook-signature: " + SIGNATURE));
    String at = SENT;
    final List<String> more = new ArrayList<>();

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

  static Run sign(byte[] body, String... args) {
    return Run.of(body, Stream.concat(Stream.of("sign"), Stream.of(args)).toArray(String[]::new));
  }

  static Run sign(String... args) {
    return sign(BODY.getBytes(UTF_8), args);
  }
}
