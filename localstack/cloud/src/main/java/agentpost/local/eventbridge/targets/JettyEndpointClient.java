package agentpost.local.eventbridge.targets;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.ProxyAuthenticationProtocolHandler;
import org.eclipse.jetty.client.RedirectProtocolHandler;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * By Jetty's client, on one event loop. It sends nothing more over a connection that it has asked
 * to be closed (RFC 9112, 9.6); the JDK's keeps such a connection, and what it sends next is lost
 * with it.
 */
final class JettyEndpointClient implements EndpointClient {
  /**
   * The gateway closes what waits for 30 s; a client that keeps its connections as long would now
   * and then use one that is just being closed.
   */
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(20);

  /** In bytes; as many as the JDK's client reads. */
  private static final int MAX_HEADERS = 384 * 1024;

  /** The dispatcher bounds calls. */
  private static final int UNBOUNDED = Integer.MAX_VALUE;

  private final HttpClient http;

  JettyEndpointClient() {
    QueuedThreadPool threads = new QueuedThreadPool(8, 2);
    threads.setName("api-destinations");
    threads.setDaemon(true);
    ClientConnector connector = new ClientConnector();
    connector.setSelectors(1);
    connector.setConnectTimeout(EndpointCall.TIMEOUT);
    http = new HttpClient(new HttpClientTransportOverHTTP(connector));
    http.setExecutor(threads);
    http.setFollowRedirects(false);
    http.setUserAgentField(null);
    http.setHttpCookieStore(new HttpCookieStore.Empty());
    http.setMaxConnectionsPerDestination(UNBOUNDED);
    http.setMaxRequestsQueuedPerDestination(UNBOUNDED);
    http.setMaxResponseHeadersSize(MAX_HEADERS);
    http.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    http.setDestinationIdleTimeout(IDLE_TIMEOUT.toMillis());
    try {
      http.start();
    } catch (Exception e) {
      throw new IllegalStateException("The HTTP client did not start", e);
    }
    // Answers as they come.
    http.getProtocolHandlers().remove(RedirectProtocolHandler.NAME);
    http.getProtocolHandlers().remove(WWWAuthenticationProtocolHandler.NAME);
    http.getProtocolHandlers().remove(ProxyAuthenticationProtocolHandler.NAME);
    http.getContentDecoderFactories().clear();
  }

  @Override
  public CompletableFuture<Response> send(
      Request request, Runnable onSent, Consumer<byte[]> onContent) {
    CompletableFuture<Response> answer = new CompletableFuture<>();
    org.eclipse.jetty.client.Request sent =
        http.newRequest(request.uri())
            .method(request.method())
            .headers(headers -> request.headers().forEach(headers::put))
            .onRequestBegin(_ -> onSent.run())
            .onResponseContent(
                (_, buffer) -> {
                  byte[] part = new byte[buffer.remaining()];
                  buffer.get(part);
                  onContent.accept(part);
                });
    if (!request.body().isEmpty()) {
      sent.body(new StringRequestContent(request.body()));
    }
    CompletableFuture<Response> _ =
        answer.whenComplete(
            (_, _) -> {
              if (answer.isCancelled()) {
                CompletableFuture<Boolean> _ = sent.abort(new CancellationException());
              }
            });
    sent.send(result -> complete(answer, result));
    return answer;
  }

  /** An answer counts also when it came before the request was sent to its end. */
  private static void complete(CompletableFuture<Response> answer, Result result) {
    if (result.getResponseFailure() == null) {
      answer.complete(
          new Response(
              result.getResponse().getStatus(), headers(result.getResponse().getHeaders())));
    } else {
      answer.completeExceptionally(result.getFailure());
    }
  }

  private static Map<String, List<String>> headers(HttpFields fields) {
    return fields.stream()
        .collect(
            Collectors.groupingBy(
                field -> field.getName().toLowerCase(Locale.ROOT),
                TreeMap::new,
                Collectors.mapping(
                    field -> String.valueOf(field.getValue()), Collectors.toList())));
  }

  @Override
  public void close() {
    try {
      http.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The HTTP client did not stop", e);
    }
  }
}
