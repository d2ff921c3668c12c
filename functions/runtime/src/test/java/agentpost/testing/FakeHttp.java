package agentpost.testing;

import agentpost.http.Request;
import agentpost.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Answers in this JVM, in the caller's thread, what is sent with {@code java.net.http}. */
public final class FakeHttp extends HttpClient {
  /** Whoever is at the other end; an IOException is a connection that broke. */
  @FunctionalInterface
  public interface OtherSide {
    Response answer(Request request) throws IOException;
  }

  /** One that knows how long the sender waits. */
  @FunctionalInterface
  public interface TimedSide {
    /**
     * @throws IOException if the connection broke, or an {@link java.net.http.HttpTimeoutException}
     *     if there was no answer within that time
     */
    Response answer(Request request, Duration within) throws IOException;
  }

  @FunctionalInterface
  private interface Exchange {
    Response answer(HttpRequest sent, Request request) throws IOException;
  }

  private final Exchange exchange;

  public FakeHttp(OtherSide otherSide) {
    this((_, request) -> otherSide.answer(request));
  }

  private FakeHttp(Exchange exchange) {
    this.exchange = exchange;
  }

  public static FakeHttp timed(TimedSide otherSide) {
    return new FakeHttp((sent, request) -> otherSide.answer(request, sent.timeout().orElseThrow()));
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException {
    byte[] body = request.bodyPublisher().map(FakeHttp::bytes).orElse(new byte[0]);
    Request sent =
        new Request(
            request.method(),
            request.uri().getPath(),
            Map.of(),
            request.headers().map(),
            body,
            "127.0.0.1");
    Response response = exchange.answer(request, sent);
    HttpHeaders headers =
        HttpHeaders.of(
            response.headers().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue()))),
            (_, _) -> true);
    Answer<T> answer = new Answer<>(response.status(), request, headers, Optional.empty());
    HttpResponse.BodySubscriber<T> subscriber = handler.apply(answer);
    subscriber.onSubscribe(new Once());
    subscriber.onNext(List.of(ByteBuffer.wrap(response.body())));
    subscriber.onComplete();
    return new Answer<>(
        response.status(),
        request,
        headers,
        Optional.ofNullable(subscriber.getBody().toCompletableFuture().join()));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return CompletableFuture.completedFuture(send(request, handler));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.@Nullable PushPromiseHandler<T> pushes) {
    return sendAsync(request, handler);
  }

  private static byte[] bytes(HttpRequest.BodyPublisher publisher) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    publisher.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
          }

          @Override
          public void onNext(ByteBuffer buffer) {
            byte[] next = new byte[buffer.remaining()];
            buffer.get(next);
            bytes.writeBytes(next);
          }

          @Override
          public void onError(Throwable error) {
            throw new IllegalStateException(error);
          }

          @Override
          public void onComplete() {}
        });
    return bytes.toByteArray();
  }

  private static final class Once implements Flow.Subscription {
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }

  private record Answer<T>(
      int statusCode, HttpRequest request, HttpHeaders headers, Optional<T> content)
      implements HttpResponse<T>, HttpResponse.ResponseInfo {
    @Override
    // A handler that keeps nothing has null for a body, as java.net.http says.
    @SuppressWarnings("NullAway")
    public T body() {
      return content.orElse(null);
    }

    @Override
    public Optional<HttpResponse<T>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public Optional<SSLSession> sslSession() {
      return Optional.empty();
    }

    @Override
    public URI uri() {
      return request.uri();
    }

    @Override
    public Version version() {
      return Version.HTTP_1_1;
    }
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return Optional.empty();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return Optional.empty();
  }

  @Override
  public Redirect followRedirects() {
    return Redirect.NEVER;
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return Optional.empty();
  }

  @Override
  public SSLContext sslContext() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public SSLParameters sslParameters() {
    return new SSLParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return Optional.empty();
  }

  @Override
  public Version version() {
    return Version.HTTP_1_1;
  }

  @Override
  public Optional<Executor> executor() {
    return Optional.empty();
  }
}
