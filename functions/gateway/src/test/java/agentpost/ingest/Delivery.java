package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A request that is to be verified, to be changed in one place. */
final class Delivery {
  private final Map<String, List<String>> headers = new LinkedHashMap<>();
  private String url = "https://agentpost.example.com/ingest/source";
  private byte[] body;

  Delivery(String body) {
    this.body = body.getBytes(UTF_8);
  }

  static TimestampPolicy asOf(long epochSecond) {
    return new TimestampPolicy(
        Clock.fixed(Instant.ofEpochSecond(epochSecond), ZoneOffset.UTC),
        TimestampPolicy.DEFAULT_TOLERANCE);
  }

  static SourceSecrets secrets(String... texts) {
    return new SourceSecrets(List.of(texts));
  }

  Delivery with(String header, String value) {
    headers.computeIfAbsent(header, _ -> new ArrayList<>()).add(value);
    return this;
  }

  Delivery at(String sentTo) {
    url = sentTo;
    return this;
  }

  Delivery body(byte[] bytes) {
    body = bytes;
    return this;
  }

  byte[] body() {
    return body.clone();
  }

  SourceVerification heldAgainst(SourceVerifier verifier) {
    return verifier.verify(new SignedRequest(url, headers, body));
  }
}
