package agentpost.local.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.apache.pekko.actor.ActorSystem;
import org.elasticmq.NodeAddress;
import org.elasticmq.RelaxedSQSLimits$;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;

/** ElasticMQ on a loopback port of its own, which answers nobody else ({@link LoopbackGuard}). */
final class ElasticMq {
  private static final JsonMapper JSON = new JsonMapper();

  /** What Query clients call errors, by ElasticMQ's names of them. */
  private static final Map<String, String> CODES =
      Map.of(
          "QueueDoesNotExist",
          "AWS.SimpleQueueService.NonExistentQueue",
          "QueueNameExists",
          "QueueAlreadyExists");

  private static final Map<String, String> MESSAGES =
      Map.of(
          "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.",
          "QueueAlreadyExists",
              "A queue already exists with the same name and a different value for an attribute.",
          "ReceiptHandleIsInvalid", "The input receipt handle is not a valid receipt handle.");

  /**
   * Pekko tells at INFO that its actors start and end, whichever logger it finds. Its timer wakes
   * up every 10 ms unless told otherwise (Pekko, reference.conf), a third of a percent of a core
   * for nothing; what waits here waits for whole seconds. It has eight threads for its actors
   * however few processors there are, and what is due every second for each queue wakes them all in
   * turn.
   */
  private static final Config SETTINGS =
      ConfigFactory.parseMap(
          Map.of(
              "pekko.loglevel",
              "WARNING",
              "pekko.stdout-loglevel",
              "WARNING",
              "pekko.scheduler.tick-duration",
              "100ms",
              "pekko.actor.default-dispatcher.fork-join-executor.parallelism-min",
              "2"));

  private final ActorSystem actors =
      ActorSystem.create("elasticmq", SETTINGS.withFallback(ConfigFactory.load()));
  private final URI address;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(Thread::startVirtualThread)
          .build();

  /**
   * @param gatewayPort that queue URLs name
   */
  ElasticMq(int gatewayPort) {
    LoopbackGuard door = LoopbackGuard.createIn(actors);
    SQSRestServer server =
        SQSRestServerBuilder.withActorSystem(actors)
            .withInterface("127.0.0.1")
            .withDynamicPort()
            .withServerAddress(new NodeAddress("http", "localhost", gatewayPort, ""))
            .withAWSAccountId(SqsService.ACCOUNT)
            .withAWSRegion("us-east-1")
            // ElasticMQ's strict limits end a message at 256 KiB; SQS takes 1 MiB since 2025, and
            // an event may need nearly all of it. Limits has SQS's.
            .withSQSLimits(RelaxedSQSLimits$.MODULE$)
            .start();
    address = URI.create("http://127.0.0.1:" + server.waitUntilStarted().localAddress().getPort());
    door.isBoundTo(address.getAuthority());
  }

  URI address() {
    return address;
  }

  JsonNode ask(String operation, ObjectNode input) {
    try {
      HttpRequest forward =
          HttpRequest.newBuilder(address)
              .header("x-amz-target", "AmazonSQS." + operation)
              .header("content-type", "application/x-amz-json-1.0")
              .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(input)))
              .build();
      HttpResponse<byte[]> answer = http.send(forward, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw toException(answer);
      }
      return answer.body().length == 0
          ? JsonNodeFactory.instance.objectNode()
          : JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new AwsException(500, "InternalFailure", "SQS: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AwsException(503, "ServiceUnavailable", "The local cloud is closing");
    }
  }

  /** ElasticMQ has few words for what it refuses, and for some of it no JSON. */
  private static AwsException toException(HttpResponse<byte[]> answer) {
    String text = new String(answer.body(), UTF_8);
    JsonNode body = JsonNodeFactory.instance.objectNode();
    try {
      body = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return new AwsException(answer.statusCode(), "InvalidParameterValue", text);
    }
    String theirs =
        answer
            .headers()
            .firstValue("x-amzn-query-error")
            .orElse(body.path("__type").asText("InternalFailure"))
            .replaceFirst(";.*", "")
            .replaceFirst("^.*#", "");
    String code = CODES.getOrDefault(theirs, theirs);
    String message = body.path("message").asText(body.path("Message").asText(""));
    return new AwsException(
        answer.statusCode(),
        code,
        message.isEmpty() || message.startsWith("See the SQS docs")
            ? MESSAGES.getOrDefault(code, code)
            : message);
  }

  void stop() {
    http.shutdownNow();
    // Not the server's own stop, which waits for every ReceiveMessage that waits for a message, up
    // to 20 seconds.
    actors.terminate();
    actors.getWhenTerminated().toCompletableFuture().join();
  }
}
