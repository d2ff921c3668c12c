package agentpost.local.iam;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.policy.ActionRequest;
import agentpost.local.s3.S3Service;
import agentpost.local.sqs.SqsService;
import agentpost.local.wire.AwsRequest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which actions a request asks for, on which resources: as the service authorization reference has
 * them for the services that functions use, and for others an action by the operation's name on
 * {@code *}, which no narrow right is about.
 *
 * @see <a href="https://docs.aws.amazon.com/service-authorization/latest/reference/">Service
 *     authorization reference</a>
 */
public final class ActionMapper {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String HERE = "us-east-1:" + Authorizer.ACCOUNT + ":";
  private static final Pattern FUNCTION =
      Pattern.compile(
          "/20\\d\\d-\\d\\d-\\d\\d/functions/([^/]+)(?:/(invocations|concurrency|configuration))?");

  /** Where a service's name in signatures is not its name in actions. */
  private static final Map<String, String> PREFIXES =
      Map.of("monitoring", "cloudwatch", "email", "ses");

  private final DynamoActionMapper tables = new DynamoActionMapper();
  private final UnaryOperator<String> secretArn;
  private final Function<String, Map<String, String>> secretTags;

  /**
   * @param secretArn a secret's ARN by what a request calls it
   * @param secretTags a secret's tags by the same; none if there is no such secret
   */
  public ActionMapper(
      UnaryOperator<String> secretArn, Function<String, Map<String, String>> secretTags) {
    this.secretArn = secretArn;
    this.secretTags = secretTags;
  }

  /** Lets conditions on the partition keys of a table be looked at. */
  void table(JsonNode properties) {
    tables.table(properties);
  }

  /**
   * @param service that the request reaches, by the name it is signed for
   */
  public List<ActionRequest> of(String service, AwsRequest request) {
    String target = request.header("x-amz-target").orElse("");
    String operation = target.substring(target.indexOf('.') + 1);
    return switch (service) {
      case "dynamodb" -> tables.of(operation, body(request));
      case "events" -> ofEvents(operation, body(request));
      case "sqs" -> List.of(ofQueue(operation, request));
      case "secretsmanager" -> List.of(ofSecret(operation, body(request)));
      case "ssm" -> ofParameters(operation, body(request));
      case "ses" -> ofMail(request);
      case "scheduler" -> ofSchedule(request);
      case "lambda" -> List.of(ofFunction(request));
      case "s3" -> List.of(ofObject(request));
      case "sts" -> ofToken(request);
      default ->
          List.of(
              new ActionRequest(
                  PREFIXES.getOrDefault(service, service)
                      + ":"
                      + (operation.isEmpty() ? action(request) : operation),
                  "*"));
    };
  }

  /** Whoever has credentials may ask whose they are. */
  private static List<ActionRequest> ofToken(AwsRequest request) {
    Map<String, String> form = SqsService.form(request);
    return "AssumeRole".equals(form.get("Action"))
        ? List.of(new ActionRequest("sts:AssumeRole", form.getOrDefault("RoleArn", "*")))
        : List.of();
  }

  /** Of a form, as the services read it; of anything else its method and its path. */
  private static String action(AwsRequest request) {
    return Optional.ofNullable(SqsService.form(request).get("Action"))
        .filter(action -> !action.isEmpty())
        .orElse(request.method() + " " + request.path());
  }

  /** A body that is not JSON is the service's to refuse. */
  private static JsonNode body(AwsRequest request) {
    try {
      return request.body().length == 0
          ? JsonNodeFactory.instance.objectNode()
          : JSON.readTree(request.body());
    } catch (IOException e) {
      return JsonNodeFactory.instance.objectNode();
    }
  }

  private static List<ActionRequest> ofEvents(String operation, JsonNode input) {
    String events = "arn:aws:events:" + HERE;
    if (operation.equals("PutEvents")) {
      Map<String, List<String>> sources = new LinkedHashMap<>();
      Map<String, List<String>> types = new LinkedHashMap<>();
      for (JsonNode entry : input.path("Entries")) {
        String bus = entry.path("EventBusName").asText("default");
        String arn = bus.startsWith("arn:") ? bus : events + "event-bus/" + bus;
        sources.computeIfAbsent(arn, _ -> new ArrayList<>()).add(entry.path("Source").asText());
        types.computeIfAbsent(arn, _ -> new ArrayList<>()).add(entry.path("DetailType").asText());
      }
      return sources.entrySet().stream()
          .map(
              bus ->
                  new ActionRequest("events:PutEvents", bus.getKey())
                      .with("events:source", bus.getValue())
                      .with("events:detail-type", types.getOrDefault(bus.getKey(), List.of())))
          .toList();
    }
    if (operation.matches(".*(Rule|Targets|TargetsByRule)")) {
      String bus = input.path("EventBusName").asText("default");
      String rule = input.path(input.has("Rule") ? "Rule" : "Name").asText();
      List<ActionRequest> calls =
          new ArrayList<>(
              List.of(
                  new ActionRequest(
                      "events:" + operation,
                      events
                          + "rule/"
                          + (bus.equals("default") ? "" : bus.substring(bus.indexOf('/') + 1) + "/")
                          + rule)));
      input
          .path("Targets")
          .forEach(
              target ->
                  passRoleRequest(target.path("RoleArn"), "events.amazonaws.com")
                      .ifPresent(calls::add));
      return calls;
    }
    if (operation.endsWith("Connection")) {
      // A connection's ARN ends in a UUID, which no right can name before it is there.
      return List.of(
          new ActionRequest(
              "events:" + operation, events + "connection/" + input.path("Name").asText() + "/"));
    }
    return List.of(new ActionRequest("events:" + operation, "*"));
  }

  private static Optional<ActionRequest> passRoleRequest(JsonNode roleArn, String service) {
    return roleArn.isTextual()
        ? Optional.of(
            new ActionRequest("iam:PassRole", roleArn.asText())
                .with("iam:PassedToService", List.of(service)))
        : Optional.empty();
  }

  /** In JSON, or in a form, which says as the service reads it what it is about. */
  private static ActionRequest ofQueue(String operation, AwsRequest request) {
    String action = operation.isEmpty() ? action(request) : operation;
    JsonNode input =
        operation.isEmpty() ? JSON.valueToTree(SqsService.form(request)) : body(request);
    return new ActionRequest("sqs:" + action.replaceFirst("Batch$", ""), queue(input));
  }

  private static String queue(JsonNode input) {
    String url = input.path(input.has("QueueUrl") ? "QueueUrl" : "QueueName").asText("");
    return url.isEmpty() ? "*" : "arn:aws:sqs:" + HERE + url.substring(url.lastIndexOf('/') + 1);
  }

  private ActionRequest ofSecret(String operation, JsonNode input) {
    String id = input.path(input.has("SecretId") ? "SecretId" : "Name").asText("");
    ActionRequest call =
        new ActionRequest("secretsmanager:" + operation, id.isEmpty() ? "*" : secretArn.apply(id));
    for (Map.Entry<String, String> tag : secretTags.apply(id).entrySet()) {
      call = call.with("aws:ResourceTag/" + tag.getKey(), List.of(tag.getValue()));
    }
    return call;
  }

  private static List<ActionRequest> ofParameters(String operation, JsonNode input) {
    List<String> names =
        new ArrayList<>(input.path("Names").valueStream().map(JsonNode::asText).toList());
    for (String one : List.of("Name", "Path")) {
      if (input.hasNonNull(one)) {
        names.add(input.path(one).asText());
      }
    }
    return names.isEmpty()
        ? List.of(new ActionRequest("ssm:" + operation, "*"))
        : names.stream()
            .map(
                name ->
                    new ActionRequest(
                        "ssm:" + operation,
                        "arn:aws:ssm:" + HERE + "parameter/" + name.replaceFirst("^/", "")))
            .toList();
  }

  /**
   * As in SES's sandbox, where recipients are verified identities too, and the right to send is one
   * on each of them (github.com/aws/aws-sdk-js/issues/3641).
   */
  private static List<ActionRequest> ofMail(AwsRequest request) {
    if (!request.path().equals("/v2/email/outbound-emails")) {
      return List.of(new ActionRequest("ses:" + request.method() + " " + request.path(), "*"));
    }
    JsonNode mail = body(request);
    String from = mail.path("FromEmailAddress").asText().replaceFirst("^.*<(.*)>$", "$1");
    List<String> to = new ArrayList<>();
    mail.path("Destination")
        .forEach(addresses -> addresses.forEach(address -> to.add(address.asText())));
    return Stream.concat(Stream.of(from), to.stream())
        .map(
            identity ->
                new ActionRequest("ses:SendEmail", "arn:aws:ses:" + HERE + "identity/" + identity)
                    .with("ses:FromAddress", List.of(from))
                    .with("ses:Recipients", to))
        .toList();
  }

  private static List<ActionRequest> ofSchedule(AwsRequest request) {
    String name = URLDecoder.decode(request.path().replaceFirst("^/schedules/?", ""), UTF_8);
    JsonNode input = body(request);
    String asked = request.query().getOrDefault("groupName", List.of("default")).getFirst();
    String operation =
        switch (request.method()) {
          case "POST" -> "CreateSchedule";
          case "PUT" -> "UpdateSchedule";
          case "DELETE" -> "DeleteSchedule";
          default -> name.isEmpty() ? "ListSchedules" : "GetSchedule";
        };
    List<ActionRequest> calls = new ArrayList<>();
    calls.add(
        new ActionRequest(
            "scheduler:" + operation,
            name.isEmpty()
                ? "*"
                : "arn:aws:scheduler:"
                    + HERE
                    + "schedule/"
                    + input.path("GroupName").asText(asked)
                    + "/"
                    + name));
    passRoleRequest(input.path("Target").path("RoleArn"), "scheduler.amazonaws.com")
        .ifPresent(calls::add);
    return calls;
  }

  private static ActionRequest ofFunction(AwsRequest request) {
    Matcher path = FUNCTION.matcher(request.path());
    if (!path.matches()) {
      return new ActionRequest("lambda:" + request.method() + " " + request.path(), "*");
    }
    String function = URLDecoder.decode(path.group(1), UTF_8);
    String arn =
        function.startsWith("arn:") ? function : "arn:aws:lambda:" + HERE + "function:" + function;
    String qualifier =
        Optional.ofNullable(request.query().get("Qualifier"))
            .map(version -> ":" + version.getFirst())
            .orElse("");
    String verb =
        switch (request.method()) {
          case "GET" -> "Get";
          case "DELETE" -> "Delete";
          default -> "Put";
        };
    String action =
        switch (Optional.ofNullable(path.group(2)).orElse("")) {
          case "invocations" -> "InvokeFunction";
          case "configuration" -> verb + "FunctionConfiguration";
          case "concurrency" -> verb + "FunctionConcurrency";
          default -> verb + "Function";
        };
    return new ActionRequest("lambda:" + action, arn + qualifier);
  }

  private static ActionRequest ofObject(AwsRequest request) {
    S3Service.ObjectRequest asked = S3Service.parseRequest(request);
    String action =
        switch (asked.operation()) {
          case "HeadObject" -> "GetObject";
          case "ListObjects", "ListObjectsV2", "HeadBucket" -> "ListBucket";
          case "ListBuckets" -> "ListAllMyBuckets";
          // They are PutObject's right (S3 user guide, "Multipart upload API and permissions").
          case "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload" -> "PutObject";
          case "GetBucketEncryption" -> "GetEncryptionConfiguration";
          default -> asked.operation();
        };
    String object = asked.key().isEmpty() ? "" : "/" + asked.key();
    return new ActionRequest(
        "s3:" + action, asked.bucket().isEmpty() ? "*" : "arn:aws:s3:::" + asked.bucket() + object);
  }
}
