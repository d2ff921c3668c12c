package agentpost.local.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.apigateway.RestApiService;
import agentpost.local.iam.ActionMapper;
import agentpost.local.lambda.FunctionHost;
import agentpost.local.policy.ActionRequest;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A caller's rights are looked at for the service and the action that its request reaches, whatever
 * it is signed for.
 */
class RouterTest {
  private static final FunctionHost NO_FUNCTIONS =
      new FunctionHost(
          (_, _) -> {
            throw new IllegalStateException("There are no functions");
          },
          (_, _) -> {});

  private final List<String> answered = new ArrayList<>();
  private final List<String> checked = new ArrayList<>();
  private final ActionMapper calls = new ActionMapper(id -> id, _ -> Map.of());
  private final Router router =
      new Router(
          new RestApiService(NO_FUNCTIONS),
          Optional.empty(),
          Map.of("s3", named("s3"), "sqs", named("sqs")),
          Map.of(
              "DynamoDB_20120810",
              service("dynamodb"),
              "AWSEvents",
              service("events"),
              "AmazonSQS",
              service("sqs")),
          Map.of(
              "/_agentpost/outbox", service("agentpost"),
              "/schedules", service("scheduler"),
              "/v2/email", service("ses"),
              "/000000000000/", service("sqs")),
          Map.of("sts", named("sts"), "cloudformation", named("cloudformation")),
          (caller, service, request) -> {
            checked.add(service);
            calls.of(service, request);
          },
          _ -> Optional.of("function"));

  private Router.Service service(String name) {
    return new Router.Service(name, named(name));
  }

  private AwsService named(String name) {
    return _ -> {
      answered.add(name);
      return new AwsResponse(200, Map.of(), name.getBytes(UTF_8));
    };
  }

  private static AwsRequest request(
      String method, String path, String scope, String target, String body) {
    Map<String, String> headers = new TreeMap<>();
    if (!scope.isEmpty()) {
      headers.put(
          "authorization",
          "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/"
              + scope
              + "/aws4_request, SignedHeaders=host, Signature=0");
    }
    if (target.isEmpty()) {
      headers.put("content-type", "application/x-www-form-urlencoded");
    } else {
      headers.put("x-amz-target", target);
    }
    return new AwsRequest(method, path, Map.of(), headers, body.getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /, sts, DynamoDB_20120810.DeleteItem, '', dynamodb",
    "POST, /, events, DynamoDB_20120810.DeleteItem, '', dynamodb",
    "POST, /, dynamodb, AWSEvents.PutEvents, '', events",
    "DELETE, /schedules/other.1, sts, '', '', scheduler",
    "POST, /v2/email/outbound-emails, sts, '', '', ses",
    "POST, /000000000000/queue, sts, '', Action=DeleteMessage, sqs",
    "POST, /, '', '', Action=DeleteMessage&Version=2012-11-05, sqs",
    "GET, /_agentpost/outbox, sts, '', '', agentpost",
    "POST, /, sts, '', Action=GetCallerIdentity&Version=2011-06-15, sts",
    "POST, /, cloudformation, '', Action=AssumeRole&Version=2011-06-15, sts",
    "POST, /, sts, '', Action=DescribeStacks&Version=2010-05-15, cloudformation",
    "PUT, /bucket/key, s3, '', '', s3",
    "POST, /schedules, s3, '', '', s3",
  })
  void theRightsAreThoseOnTheServiceThatAnswers(
      String method, String path, String scope, String target, String body, String service)
      throws Exception {
    AwsResponse answer =
        router.answer(request(method, path, scope, target, body), Map.of(), "127.0.0.1");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(checked).containsExactly(service);
    assertThat(answered).containsExactly(service);
  }

  @Provide
  Arbitrary<AwsRequest> requests() {
    Arbitrary<String> methods = Arbitraries.of("GET", "POST", "PUT", "DELETE");
    Arbitrary<String> paths =
        Arbitraries.of(
            "/",
            "/schedules/a",
            "/v2/email/outbound-emails",
            "/000000000000/q",
            "/_agentpost/outbox",
            "/elsewhere");
    Arbitrary<String> scopes =
        Arbitraries.of(
            "", "sts", "s3", "sqs", "events", "dynamodb", "scheduler", "email", "cloudformation");
    Arbitrary<String> targets =
        Arbitraries.of(
            "",
            "AWSEvents.PutEvents",
            "DynamoDB_20120810.GetItem",
            "AmazonSQS.SendMessage",
            "Nobody.Does");
    Arbitrary<String> bodies =
        Arbitraries.of(
            "",
            "{}",
            "Action=GetCallerIdentity",
            "Action=DescribeStacks",
            "Action=SendMessage&Version=2012-11-05");
    return Combinators.combine(methods, paths, scopes, targets, bodies).as(RouterTest::request);
  }

  @Property
  void nothingAnswersThatWasNotAskedForRights(@ForAll("requests") AwsRequest request)
      throws Exception {
    checked.clear();
    answered.clear();
    router.answer(request, Map.of(), "127.0.0.1");
    assertThat(checked).isEqualTo(answered);
  }

  private String queueCall(String path, Map<String, List<String>> query, String body) {
    AwsRequest request =
        new AwsRequest(
            "POST",
            path,
            query,
            Map.of("content-type", "application/x-www-form-urlencoded"),
            body.getBytes(UTF_8));
    ActionRequest call = calls.of("sqs", request).getFirst();
    return call.action() + " " + call.resource().replaceFirst(".*:", "");
  }

  /** A form says things twice, in its query and encoded: what counts is what the service reads. */
  @Test
  void aFormsActionAndQueueAreThoseThatTheServiceReads() {
    assertThat(
            queueCall(
                "/",
                Map.of("Action", List.of("GetQueueUrl")),
                "Action=DeleteMessage&QueueUrl=http%3A%2F%2Fx%2F000000000000%2Fother"))
        .isEqualTo("sqs:DeleteMessage other");
    assertThat(queueCall("/", Map.of(), "Action=GetQueueUrl&QueueName=own&Action=DeleteMessage"))
        .startsWith("sqs:DeleteMessage ");
    assertThat(
            queueCall(
                "/",
                Map.of(),
                "Action=Delete%4Dessage&Queue%55rl=http%3A%2F%2Fx%2F000000000000%2Fother"))
        .isEqualTo("sqs:DeleteMessage other");
    assertThat(
            queueCall(
                "/000000000000/own",
                Map.of(),
                "Action=DeleteMessage&QueueUrl=%2F000000000000%2Fother"))
        .isEqualTo("sqs:DeleteMessage other");
    assertThat(queueCall("/000000000000/other", Map.of(), "Action=DeleteMessage"))
        .isEqualTo("sqs:DeleteMessage other");
    assertThat(
            queueCall(
                "/",
                Map.of(
                    "Action", List.of("DeleteMessage"), "QueueUrl", List.of("/000000000000/other")),
                ""))
        .isEqualTo("sqs:DeleteMessage other");
  }
}
