package agentpost.local.frontdoor;

import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * How AWS clients inside this JVM reach the local cloud: what they would put on the wire is handed
 * over as it is, without a socket in between. A delivery makes five such calls; the sockets cost
 * more than what they ask for.
 */
public final class InProcessHttpClient implements SdkHttpClient {
  private final Router router;
  private final String caller;

  /**
   * @param caller a function's name, or whatever else the client's user is called
   */
  public InProcessHttpClient(Router router, String caller) {
    this.router = router;
    this.caller = caller;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        try {
          return toResponse(router.answer(caller, read(request), request.httpRequest().headers()));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("The call was interrupted");
        }
      }

      @Override
      public void abort() {
        // A call is over when it returns; there is no connection to break.
      }
    };
  }

  private static AwsRequest read(HttpExecuteRequest request) throws IOException {
    SdkHttpRequest http = request.httpRequest();
    byte[] body = new byte[0];
    if (request.contentStreamProvider().isPresent()) {
      try (InputStream content = request.contentStreamProvider().get().newStream()) {
        body = content.readAllBytes();
      }
    }
    Map<String, String> headers = new HashMap<>();
    http.headers()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    return new AwsRequest(
        http.method().name(), http.encodedPath(), http.rawQueryParameters(), headers, body);
  }

  private static HttpExecuteResponse toResponse(AwsResponse response) {
    SdkHttpResponse.Builder head = SdkHttpResponse.builder().statusCode(response.status());
    response.headers().forEach(head::putHeader);
    return HttpExecuteResponse.builder()
        .response(head.build())
        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(response.body())))
        .build();
  }

  @Override
  public void close() {}

  @Override
  public String clientName() {
    return "InProcess";
  }
}
