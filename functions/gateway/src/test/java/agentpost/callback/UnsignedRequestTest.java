package agentpost.callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.http.Request;
import agentpost.http.Response;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The two doors of long work: 403 to what nobody signed, 400 to a signature that cannot be read.
 */
class UnsignedRequestTest {
  private final OperationsTestBed world = new OperationsTestBed();

  @AfterEach
  void close() {
    world.close();
  }

  private Response post(String path, Map<String, String> headers) {
    Map<String, List<String>> all = new HashMap<>();
    headers.forEach((name, value) -> all.put(name, List.of(value)));
    RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> handler =
        path.equals("/process-data")
            ? new ProcessDataHandler(world.platform)
            : new CallbackHandler(world.platform);
    return OperationsTestBed.handled(
        handler, new Request("POST", path, Map.of(), all, "{}".getBytes(UTF_8), "192.0.2.7"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/process-data", "/webhooks/process-complete"})
  void withoutASignatureIs403AndAMalformedOneIs400(String path) {
    for (Map<String, String> unsigned :
        List.of(
            Map.<String, String>of(),
            Map.of("webhook-id", "a", "webhook-timestamp", "1774953001"),
            Map.of("Authorization", "Bearer x"),
            Map.of("webhook-signature", "v1,x"),
            Map.of("webhook-id", "a", "webhook-signature", "v1,x"),
            Map.of("webhook-timestamp", "1774953001", "webhook-signature", "v1,x"))) {
      Response response = post(path, unsigned);
      assertEquals(403, response.status());
      assertThat(OperationsTestBed.text(response)).contains("urn:agentpost:problem:forbidden");
    }
    for (Map<String, String> malformed :
        List.of(
            Map.of("X-Webhook-Signature", ""),
            Map.of("X-Webhook-Signature", "sha256=zz"),
            Map.of(
                "webhook-id", "", "webhook-timestamp", "1774953001", "webhook-signature", "v1,x"),
            Map.of("webhook-id", "a", "webhook-timestamp", "soon", "webhook-signature", "v1,x"))) {
      Response response = post(path, malformed);
      assertEquals(400, response.status(), malformed.toString());
      assertThat(OperationsTestBed.text(response)).contains("urn:agentpost:problem:malformed");
    }
  }

  /**
   * A processor is a third party too, and its language may write a byte order mark (RFC 8259,
   * section 8.1).
   */
  @Test
  void aByteOrderMarkBeforeASignedBodyIsSkipped() {
    assertThat(
            OperationsTestBed.text(
                world.callBack(
                    OperationsTestBed.SECRET,
                    "\ufeff{\"correlation_id\":\"none\",\"status\":\"failed\",\"error\":\"x\"}")))
        .contains("urn:agentpost:problem:no-such-operation");
    assertThat(OperationsTestBed.text(world.processData(OperationsTestBed.SECRET, "\ufeff{}")))
        .contains("data_to_process must be an object");
  }
}
