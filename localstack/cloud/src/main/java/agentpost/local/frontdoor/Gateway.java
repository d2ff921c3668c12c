package agentpost.local.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * The one port: on loopback, and where else it is told to be. Each request is bounded in size and
 * time (ADR 18).
 */
public final class Gateway extends Handler.Abstract {
  public static final String LOOPBACK = "127.0.0.1";

  /** In bytes; such are given whatever else is in hand, {@code /_agentpost/health} among them. */
  private static final int SMALL_ANSWER_BYTES = 64 * 1024;

  private final Router router;
  private final DnsRebindingGuard door;
  private final RequestBodyReader bodies;
  private final IdleConnectionReaper waiting;
  private final Server server;
  private volatile long askedNanos = System.nanoTime();
  private volatile Optional<PageHandler> pages = Optional.empty();
  private final ServerConnector connector;

  /**
   * @param host where to listen: an address or a name; loopback is listened on in any case
   * @param names under which it may be asked for, beside this machine's own
   */
  public Gateway(int port, String host, Set<String> names, FrontDoorLimits limits, Router router) {
    this.router = router;
    this.door = new DnsRebindingGuard(names);
    this.bodies = new RequestBodyReader(limits);
    this.waiting = new IdleConnectionReaper(limits);
    QueuedThreadPool threads = new QueuedThreadPool(32, 4);
    threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
    threads.setDaemon(true);
    this.server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(limits.headBytes());
    this.connector = connector(http, isEverywhere(host) ? host : LOOPBACK, port);
    if (!isEverywhere(host) && !host.equals(LOOPBACK) && !host.equals("localhost")) {
      connector(http, host, port);
    }
    server.setHandler(this);
    server.setErrorHandler(this::refuse);
  }

  /** Loopback is a part of it. */
  private static boolean isEverywhere(String host) {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  private ServerConnector connector(HttpConfiguration http, String host, int port) {
    ServerConnector made = new ServerConnector(server, new HttpConnectionFactory(http));
    made.setHost(host);
    made.setPort(port);
    made.addBean(waiting);
    server.addConnector(made);
    return made;
  }

  /**
   * @throws Exception if the port is taken, among others
   */
  public void open() throws Exception {
    server.start();
    waiting.watch(connector.getScheduler());
  }

  /**
   * How long ago somebody asked for something; to look at the cloud is not to ask, and what a
   * function asks, in this JVM or in a process of its own, is not somebody.
   */
  public Duration idleTime() {
    return Duration.ofNanos(System.nanoTime() - askedNanos);
  }

  /** Has another serve what is below {@code /_agentpost/} and no page of the cloud's own. */
  public void serve(PageHandler others) {
    pages = Optional.of(others);
  }

  int port() {
    return connector.getLocalPort();
  }

  /** Ends what is open. */
  public void shut() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The gateway did not stop", e);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Connection connection = request.getConnectionMetaData().getConnection();
    waiting.markBusy(connection);
    Request.addCompletionListener(request, _ -> waiting.waits(connection));
    Map<String, List<String>> headers = values(request.getHeaders());
    AwsRequest head = head(request, headers, Map.of());
    AwsResponse answer;
    try {
      door.check(head);
      boolean isPage = head.path().startsWith(CloudPages.PREFIX);
      if (!isPage && !router.isByFunction(head)) {
        askedNanos = System.nanoTime();
      }
      AwsRequest asked = head(request, headers, query(request.getHttpURI().getQuery()));
      try (RequestBodyReader.Body body = bodies.read(request)) {
        AwsRequest whole =
            new AwsRequest(
                asked.method(), asked.path(), asked.query(), asked.headers(), body.bytes());
        Optional<PageHandler> other =
            isPage && !router.hasPath(head.path()) && !router.isByFunction(head)
                ? pages
                : Optional.empty();
        if (other.isPresent()) {
          switch (other.get().answer(whole)) {
            case PageHandler.Page.Whole(var page) -> answer = page;
            case PageHandler.Page.Stream stream -> {
              write(stream, response, callback);
              return true;
            }
          }
        } else {
          answer = router.answer(whole, headers, Request.getRemoteAddr(request));
        }
      }
    } catch (AwsException e) {
      // What is left of the body is not read.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
      answer = WireErrors.of(head, e);
    }
    waiting.answers(connection);
    write(countAnswer(request, head, answer), response, callback);
    return true;
  }

  /** Itself, or that there is no room for it beside other answers that nobody reads. */
  private AwsResponse countAnswer(Request request, AwsRequest head, AwsResponse answer) {
    int length = answer.body().length;
    if (length <= SMALL_ANSWER_BYTES) {
      return answer;
    }
    try {
      bodies.reserveAnswer(length);
    } catch (AwsException e) {
      return WireErrors.of(head, e);
    }
    Request.addCompletionListener(request, _ -> bodies.releaseAnswer(length));
    return answer;
  }

  /** What Jetty cannot read, and what failed here. */
  private boolean refuse(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    AwsException error =
        switch (status) {
          case 431 ->
              new AwsException(
                  431,
                  "RequestHeaderSectionTooLarge",
                  "Your request header section exceeds the maximum allowed size.");
          case 414 -> new AwsException(414, "RequestUriTooLong", "The request's URI is too long");
          case 500 ->
              new AwsException(500, "InternalFailure", "The local cloud failed; its log says how");
          default ->
              new AwsException(
                  status,
                  status < 500 ? "BadRequest" : "ServiceUnavailable",
                  "An error occurred when parsing the HTTP request.");
        };
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    write(
        WireErrors.of(head(request, values(request.getHeaders()), Map.of()), error),
        response,
        callback);
    return true;
  }

  private static void write(AwsResponse answer, Response response, Callback callback) {
    response.setStatus(answer.status());
    answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    response.getHeaders().put("x-amzn-RequestId", UUID.randomUUID().toString());
    response.write(true, ByteBuffer.wrap(answer.body()), callback);
  }

  /** Its reader may stay for hours, and is not waited for meanwhile. */
  private static void write(PageHandler.Page.Stream stream, Response response, Callback callback)
      throws InterruptedException {
    response.setStatus(200);
    stream.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      stream.writer().write(out);
    } catch (IOException e) {
      // Whoever read it is gone.
      callback.failed(e);
      return;
    }
    callback.succeeded();
  }

  private static Map<String, List<String>> values(HttpFields fields) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    fields.forEach(
        field ->
            headers
                .computeIfAbsent(field.getName(), _ -> new ArrayList<>())
                .add(Optional.ofNullable(field.getValue()).orElse("")));
    return headers;
  }

  private static AwsRequest head(
      Request request, Map<String, List<String>> headers, Map<String, List<String>> query) {
    Map<String, String> joined = new HashMap<>();
    headers.forEach(
        (name, values) -> joined.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    return new AwsRequest(
        request.getMethod(),
        Optional.ofNullable(request.getHttpURI().getPath()).orElse("/"),
        query,
        joined,
        new byte[0]);
  }

  /**
   * @throws AwsException if a percent sign has no two hex digits after it
   */
  static Map<String, List<String>> query(@Nullable String query) {
    Map<String, List<String>> out = new HashMap<>();
    if (query != null && !query.isEmpty()) {
      for (String pair : List.of(query.split("&", -1))) {
        int equals = pair.indexOf('=');
        String key = equals < 0 ? pair : pair.substring(0, equals);
        try {
          out.computeIfAbsent(URLDecoder.decode(key, UTF_8), _ -> new ArrayList<>())
              .add(equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), UTF_8));
        } catch (IllegalArgumentException e) {
          throw AwsException.badRequest(
              "MalformedQueryString", "The query string contains a syntax error");
        }
      }
    }
    return out;
  }
}
