package agentpost.delivery;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/** Lambda, as far as it is HTTP: what it was asked, and one answer for all of it. */
final class FakeLambda implements SdkHttpClient {
  /** What a call is: its request and the bytes that came with it. */
  record Call(SdkHttpRequest request, byte[] body) {}

  final List<Call> calls = new ArrayList<>();
  private final Callable<HttpExecuteResponse> answer;

  FakeLambda(Callable<HttpExecuteResponse> answer) {
    this.answer = answer;
  }

  static HttpExecuteResponse response(int status, Map<String, String> headers, byte[] body) {
    SdkHttpResponse.Builder response = SdkHttpResponse.builder().statusCode(status);
    headers.forEach(response::putHeader);
    return HttpExecuteResponse.builder()
        .response(response.build())
        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)))
        .build();
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        try (InputStream body = request.contentStreamProvider().orElseThrow().newStream()) {
          calls.add(new Call(request.httpRequest(), body.readAllBytes()));
        }
        try {
          return answer.call();
        } catch (IOException | RuntimeException e) {
          throw e;
        } catch (Exception e) {
          throw new UncheckedIOException(new IOException(e));
        }
      }

      @Override
      public void abort() {}
    };
  }

  @Override
  public void close() {}
}
