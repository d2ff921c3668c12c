package agentpost.local.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.RawClient;
import agentpost.local.wire.AwsResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pages that another serves below {@code /_agentpost/}. */
@Timeout(60)
class FrontDoorPagesIT extends FrontDoorTestBed {
  private String get(String path, String headers) throws Exception {
    return RawClient.exchange(
        gateway.port(), "GET " + path + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n");
  }

  @Test
  void aRegisteredHandlerServesWhatNoPageOfTheCloudIsAt() throws Exception {
    assertThat(get("/_agentpost/console", "Host: localhost\r\n")).startsWith("HTTP/1.1 400");
    gateway.serve(
        request ->
            new PageHandler.Page.Whole(
                new AwsResponse(
                    200,
                    Map.of("Content-Type", "text/plain"),
                    ("page " + request.path()).getBytes(UTF_8))));
    assertThat(get("/_agentpost/console", "Host: localhost\r\n"))
        .startsWith("HTTP/1.1 200")
        .endsWith("page /_agentpost/console");
    assertThat(get("/_agentpost/own/page", "Host: localhost\r\n")).endsWith("echo 0");
    assertThat(get("/elsewhere", "Host: localhost\r\n")).startsWith("HTTP/1.1 400");
  }

  @Test
  void nobodyIsServedWhomTheFrontDoorRefuses() throws Exception {
    gateway.serve(
        _ -> {
          throw new AssertionError("It was asked");
        });
    assertThat(get("/_agentpost/console", "Host: evil.example\r\n")).startsWith("HTTP/1.1 403");
    assertThat(get("/_agentpost/console", "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n"))
        .startsWith("HTTP/1.1 403");
  }

  @Test
  void aStreamIsReadAsItIsWritten() throws Exception {
    gateway.serve(
        _ ->
            new PageHandler.Page.Stream(
                Map.of("Content-Type", "text/event-stream"),
                out -> {
                  for (int i = 0; i < 3; i++) {
                    out.write(("data: " + i + "\n\n").getBytes(UTF_8));
                    out.flush();
                  }
                }));
    assertThat(get("/_agentpost/stream", "Host: localhost\r\n"))
        .startsWith("HTTP/1.1 200")
        .contains("text/event-stream", "data: 0\n\n", "data: 1\n\n", "data: 2\n\n");
  }
}
