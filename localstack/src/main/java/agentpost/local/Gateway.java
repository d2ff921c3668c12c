package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
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

/** The one port. */
final class Gateway extends Handler.Abstract {
  private final Router router;
  private final Server server;
  private final ServerConnector connector;

  Gateway(int port, Router router) {
    this.router = router;
    QueuedThreadPool threads = new QueuedThreadPool(32, 4);
    threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
    threads.setDaemon(true);
    this.server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    this.connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    server.addConnector(connector);
    server.setHandler(this);
  }

  /** @throws Exception if the port is taken, among others */
  void open() throws Exception {
    server.start();
  }

  int port() {
    return connector.getLocalPort();
  }

  /** Ends what is open. */
  void shut() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The gateway did not stop", e);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    request.getHeaders().forEach(field -> headers.computeIfAbsent(field.getName(), _ -> new ArrayList<>()).add(field.getValue()));
    Map<String, String> joined = new HashMap<>();
    headers.forEach((name, values) -> joined.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    ByteBuffer content = Content.Source.asByteBuffer(request);
    byte[] body = new byte[content.remaining()];
    content.get(body);
    AwsRequest aws = new AwsRequest(request.getMethod(), request.getHttpURI().getPath(), query(request.getHttpURI().getQuery()), joined, body);
    AwsResponse answer = router.answer(aws, headers, Request.getRemoteAddr(request));
    response.setStatus(answer.status());
    answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    response.getHeaders().put("x-amzn-RequestId", UUID.randomUUID().toString());
    response.write(true, ByteBuffer.wrap(answer.body()), callback);
    return true;
  }

  static Map<String, List<String>> query(@Nullable String query) {
    Map<String, List<String>> out = new HashMap<>();
    if (query != null && !query.isEmpty()) {
      for (String pair : List.of(query.split("&", -1))) {
        int equals = pair.indexOf('=');
        String key = equals < 0 ? pair : pair.substring(0, equals);
        out.computeIfAbsent(URLDecoder.decode(key, UTF_8), _ -> new ArrayList<>())
            .add(equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    return out;
  }
}
