package agentpost.local.dynamodb;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpTester;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/** DynamoDB Local in memory, all accounts in one, behind its own HTTP handler but without a socket: the gateway is the way in. */
public final class Tables implements AwsService {
  private static final long PATIENCE_SECONDS = 30;
  private final LocalDynamoDBRequestHandler database;
  private final Server server;
  private final LocalConnector connector;

  public Tables() throws Exception {
    QueuedThreadPool threads = new QueuedThreadPool(16, 2);
    threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
    threads.setDaemon(true);
    database = new LocalDynamoDBRequestHandler(0, true, null, true, false);
    server = new Server(threads);
    connector = new LocalConnector(server);
    server.addConnector(connector);
    ContextHandler context = new ContextHandler();
    context.setHandler(new LocalDynamoDBServerHandler(database, null));
    server.setHandler(context);
    server.start();
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    HttpTester.Request http = HttpTester.newRequest();
    http.setMethod(request.method());
    http.setURI(request.path());
    http.setVersion("HTTP/1.1");
    request.headers().forEach(http::put);
    http.put(HttpHeader.HOST, "localhost");
    http.put(HttpHeader.CONNECTION, "close");
    http.setContent(request.body());
    try {
      HttpTester.Response answer = HttpTester.parseResponse(connector.getResponse(http.generate(), PATIENCE_SECONDS, TimeUnit.SECONDS));
      if (answer == null) {
        throw new AwsException(500, "InternalServerError", "DynamoDB Local did not answer within " + PATIENCE_SECONDS + " s");
      }
      Map<String, String> headers = new HashMap<>();
      for (HttpField field : answer) {
        // What belongs to a connection is the gateway's to say.
        if (field.getHeader() != HttpHeader.CONNECTION && field.getHeader() != HttpHeader.CONTENT_LENGTH && field.getHeader() != HttpHeader.TRANSFER_ENCODING) {
          headers.put(field.getName(), field.getValue());
        }
      }
      return new AwsResponse(answer.getStatus(), headers, answer.getContentBytes() == null ? new byte[0] : answer.getContentBytes());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AwsException(503, "ServiceUnavailable", "The local cloud is closing");
    } catch (IOException e) {
      throw new AwsException(500, "InternalServerError", "DynamoDB Local: " + e);
    } catch (Exception e) {
      throw new IllegalStateException("The connector answers or throws an IOException", e);
    }
  }

  public void stop() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("DynamoDB Local did not stop", e);
    }
    database.shutdown();
  }
}
