package agentpost.local.junit;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.StubResponder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A webhook that runs elsewhere: what arrives is passed on, and the answer back. */
final class ForwardingStub implements StubResponder {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  /** They belong to a connection, and the client writes its own. */
  private static final Set<String> HOP_BY_HOP_HEADERS =
      Set.of(
          "connection",
          "content-length",
          "host",
          "upgrade",
          "http2-settings",
          "transfer-encoding",
          "expect");

  private static final int BAD_GATEWAY = 502;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI webhook;

  ForwardingStub(URI webhook) {
    this.webhook = webhook;
  }

  @Override
  public Optional<AwsResponse> answer(AwsRequest request) throws InterruptedException {
    HttpRequest.Builder onward =
        HttpRequest.newBuilder(webhook)
            .timeout(REQUEST_TIMEOUT)
            .method(request.method(), HttpRequest.BodyPublishers.ofByteArray(request.body()));
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (!HOP_BY_HOP_HEADERS.contains(name)) {
                onward.header(name, value);
              }
            });
    try {
      HttpResponse<byte[]> answer =
          http.send(onward.build(), HttpResponse.BodyHandlers.ofByteArray());
      Map<String, String> headers = new HashMap<>();
      for (String name : Set.of("content-type", "retry-after")) {
        answer.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
      }
      return Optional.of(new AwsResponse(answer.statusCode(), headers, answer.body()));
    } catch (IOException e) {
      return Optional.of(
          new AwsResponse(
              BAD_GATEWAY,
              Map.of("content-type", "text/plain"),
              ("no answer from " + webhook + ": " + e).getBytes(UTF_8)));
    }
  }
}
