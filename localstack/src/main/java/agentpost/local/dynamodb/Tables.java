package agentpost.local.dynamodb;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local in memory, all accounts in one, by its own HTTP handler but without a server around it: the gateway is the way in, and a server's parsing
 * and threads cost as much as what most requests ask for.
 */
public final class Tables implements AwsService {
  private final LocalDynamoDBRequestHandler database = new LocalDynamoDBRequestHandler(0, true, null, true, false);
  private final LocalDynamoDBServerHandler handler = new LocalDynamoDBServerHandler(database, null);

  @Override
  public AwsResponse handle(AwsRequest request) {
    Answer answer = new Answer();
    try {
      handler.handle(asked(request), answer.response(), Callback.NOOP);
    } catch (Exception e) {
      throw new AwsException(500, "InternalServerError", "DynamoDB Local: " + e);
    }
    return answer.written();
  }

  /** The part of a request that the handler reads: its method, its headers and its body. */
  private static Request asked(AwsRequest request) {
    HttpFields.Mutable headers = HttpFields.build();
    request.headers().forEach(headers::put);
    Content.Chunk body = Content.Chunk.from(ByteBuffer.wrap(request.body()), true);
    return as(
        Request.class,
        (_, method, _) ->
            switch (method.getName()) {
              case "getMethod" -> request.method();
              case "getHeaders" -> headers;
              case "read" -> body;
              default -> throw unexpected(method.getName());
            });
  }

  /** The part of a response that the handler writes. */
  private static final class Answer {
    private final HttpFields.Mutable headers = HttpFields.build();
    private int status = 200;
    private byte[] body = new byte[0];

    Response response() {
      return as(
          Response.class,
          (_, method, arguments) -> {
            switch (method.getName()) {
              case "getHeaders" -> {
                return headers;
              }
              case "setStatus" -> status = (int) arguments[0];
              case "write" -> {
                ByteBuffer written = (ByteBuffer) arguments[1];
                body = new byte[written.remaining()];
                written.get(body);
              }
              default -> throw unexpected(method.getName());
            }
            return null;
          });
    }

    AwsResponse written() {
      Map<String, String> all = new HashMap<>();
      for (HttpField field : headers) {
        // What belongs to a connection is the gateway's to say.
        if (field.getHeader() != HttpHeader.CONNECTION && field.getHeader() != HttpHeader.CONTENT_LENGTH && field.getHeader() != HttpHeader.TRANSFER_ENCODING) {
          all.put(field.getName(), field.getValue());
        }
      }
      return new AwsResponse(status, all, body);
    }
  }

  private static <T> T as(Class<T> type, InvocationHandler answers) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
  }

  private static IllegalStateException unexpected(String method) {
    return new IllegalStateException("DynamoDB Local's handler calls " + method + ", and nothing here answers that");
  }

  public void stop() {
    database.shutdown();
  }
}
