package agentpost.local.dynamodb;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.ListTablesRequest;
import software.amazon.awssdk.services.dynamodb.model.ListTablesResponse;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveDescription;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local in memory, all accounts in one, by its own HTTP handler but without a server
 * around it: the gateway is the way in, and a server's parsing and threads cost as much as what
 * most requests ask for.
 */
public final class DynamoDbService implements AwsService {
  private static final Path MAPS = Path.of("/proc/self/maps");
  private static final Pattern UNPACKED =
      Pattern.compile(
          Pattern.quote(Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath() + "/sqlite-")
              + "\\S+-libsqlite4java\\.so$");

  /**
   * Of what all handlers of this JVM share: each that is made puts new maps of operations in the
   * place of those there are and fills them ({@code LocalDynamoDBServerHandler.init}). A request
   * that is read meanwhile finds them half filled; two that are made at once lose entries for good,
   * and every request for such an operation is an "unknown error" from then on, in every cloud of
   * the JVM. So nothing else goes on while one is made.
   */
  private static final ReadWriteLock OPERATIONS = new ReentrantReadWriteLock();

  private static final Set<String> PARTIQL =
      Set.of("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction");

  /** The pom's, which is DynamoDB Local's own. */
  private static final String PARTIQL_VERSION = "0.3.4";

  /** Account and region are of no matter where all share one database. */
  private static final String ANY = "any";

  private final LocalDynamoDBRequestHandler database =
      new LocalDynamoDBRequestHandler(0, true, null, true, false);
  private final LocalDynamoDBServerHandler handler = handlerOf(database);
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicBoolean isLoaded = new AtomicBoolean();

  /**
   * DynamoDB Local unpacks SQLite's native part for its first request into a temporary file, which
   * goes with a JVM that ends in good order and stays after one that is killed. On Linux it is
   * needed only until it is mapped.
   */
  private static void forgetWhatIsUnpacked() {
    if (!Files.isReadable(MAPS)) {
      return;
    }
    try (Stream<String> maps = Files.lines(MAPS, StandardCharsets.ISO_8859_1)) {
      for (String line : maps.filter(each -> !each.endsWith(" (deleted)")).toList()) {
        Matcher unpacked = UNPACKED.matcher(line);
        if (unpacked.find()) {
          Files.deleteIfExists(Path.of(unpacked.group()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("SQLite's unpacked library cannot be taken away", e);
    }
  }

  private static boolean isParserHere() {
    try {
      Class.forName(
          "org.partiql.lang.syntax.SqlParser", false, DynamoDbService.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** PartiQL's parser is Kotlin and more, which nearly nobody's tests need. */
  private static void requireParser(AwsRequest request) {
    String operation = request.header("x-amz-target").orElse("").replaceFirst("^.*\\.", "");
    if (PARTIQL.contains(operation) && !isParserHere()) {
      throw AwsException.badRequest(
          "ValidationException",
          "The local cloud needs org.partiql:partiql-lang-kotlin:"
              + PARTIQL_VERSION
              + " on the class path for "
              + operation
              + "; add it with scope test");
    }
  }

  private static LocalDynamoDBServerHandler handlerOf(LocalDynamoDBRequestHandler database) {
    OPERATIONS.writeLock().lock();
    try {
      return new LocalDynamoDBServerHandler(database, null);
    } finally {
      OPERATIONS.writeLock().unlock();
    }
  }

  /**
   * In a thread of its own, which nobody interrupts: DynamoDB Local waits for its database in the
   * caller's thread. Interrupted there, it logs an error, and at its first request it leaves the
   * database open, with a thread that nothing stops.
   */
  @Override
  public AwsResponse handle(AwsRequest request) {
    Future<AwsResponse> answer;
    try {
      answer = requests.submit(() -> answer(request));
    } catch (RejectedExecutionException e) {
      throw new AwsException(503, "ServiceUnavailable", "The local cloud is closing");
    }
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          return answer.get();
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof AwsException refused
          ? refused
          : failureOf(request, String.valueOf(e.getCause()));
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private AwsResponse answer(AwsRequest request) {
    requireParser(request);
    Answer answer = new Answer();
    OPERATIONS.readLock().lock();
    try {
      handler.handle(toRequest(request), answer.response(), Callback.NOOP);
    } catch (Exception | LinkageError e) {
      throw failureOf(request, e.toString());
    } finally {
      OPERATIONS.readLock().unlock();
    }
    if (!isLoaded.getAndSet(true)) {
      forgetWhatIsUnpacked();
    }
    AwsResponse written = answer.toResponse();
    if (written.status() == 500) {
      throw failureOf(
          request,
          "its log, which is on standard error if nothing else is configured for Log4j, says why");
    }
    return written;
  }

  /** DynamoDB Local's own answer is that there was "an unknown error, exception or failure". */
  private static AwsException failureOf(AwsRequest request, String why) {
    String operation = request.header("x-amz-target").orElse("a request without X-Amz-Target");
    return new AwsException(
        500, "InternalServerError", "DynamoDB Local failed at " + operation + ": " + why);
  }

  /** The part of a request that the handler reads: its method, its headers and its body. */
  private static Request toRequest(AwsRequest request) {
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
              default -> throw unexpectedCall(method.getName());
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
              default -> throw unexpectedCall(method.getName());
            }
            return null;
          });
    }

    AwsResponse toResponse() {
      Map<String, String> all = new HashMap<>();
      for (HttpField field : headers) {
        // What belongs to a connection is the gateway's to say.
        if (field.getHeader() != HttpHeader.CONNECTION
            && field.getHeader() != HttpHeader.CONTENT_LENGTH
            && field.getHeader() != HttpHeader.TRANSFER_ENCODING) {
          all.put(field.getName(), field.getValue());
        }
      }
      return new AwsResponse(status, all, body);
    }
  }

  private static <T> T as(Class<T> type, InvocationHandler answers) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
  }

  private static IllegalStateException unexpectedCall(String method) {
    return new IllegalStateException(
        "DynamoDB Local's handler calls " + method + ", and nothing here answers that");
  }

  /** What was asked before is answered, also where the caller is interrupted. */
  public void stop() {
    boolean isInterrupted = Thread.interrupted();
    requests.close();
    if (isLoaded.get()) {
      stopExpiring();
    }
    database.shutdown();
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A job that deletes what has expired in a table goes on while DynamoDB Local closes, and prints
   * a NullPointerException where the database is gone in the middle of it. It holds the table's
   * lock for its turn, and has none where nothing expires.
   */
  private void stopExpiring() {
    ListTablesRequest page = ListTablesRequest.builder().build();
    while (page != null) {
      ListTablesResponse tables = database.listTables(ANY, ANY, page);
      tables.tableNames().forEach(this::stopExpiring);
      String last = tables.lastEvaluatedTableName();
      page =
          last == null ? null : ListTablesRequest.builder().exclusiveStartTableName(last).build();
    }
  }

  private void stopExpiring(String table) {
    TimeToLiveDescription timeToLive =
        database
            .describeTimeToLive(
                ANY, ANY, DescribeTimeToLiveRequest.builder().tableName(table).build())
            .timeToLiveDescription();
    if (timeToLive.timeToLiveStatus() == TimeToLiveStatus.ENABLED) {
      database.updateTimeToLive(
          ANY,
          ANY,
          UpdateTimeToLiveRequest.builder()
              .tableName(table)
              .timeToLiveSpecification(
                  off -> off.attributeName(timeToLive.attributeName()).enabled(false))
              .build());
    }
  }
}
