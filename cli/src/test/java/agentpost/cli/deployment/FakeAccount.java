package agentpost.cli.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * An account that is ready and empty, in AWS's words: response shapes are those of the services'
 * API references, refusals those of their protocols. Operations are called as their rights are,
 * such as {@code sqs:ListQueues}; the input is a body, a path or a form.
 */
public final class FakeAccount implements AutoCloseable {
  private static final String CLOUDFORMATION =
      "http://cloudformation.amazonaws.com/doc/2010-05-15/";
  private static final Map<String, String> SERVICES =
      Map.of(
          "DynamoDB_20120810", "dynamodb",
          "AmazonSSM", "ssm",
          "AmazonSQS", "sqs",
          "secretsmanager", "secretsmanager",
          "Logs_20140328", "logs",
          "ServiceQuotasV20190624", "servicequotas",
          "CertificateManager", "acm");

  private final HttpServer server =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  private final Map<String, UnaryOperator<String>> answers = new ConcurrentHashMap<>();
  private final List<String> called = new CopyOnWriteArrayList<>();

  public FakeAccount() throws IOException {
    refuses("cloudformation:DescribeStacks", "ValidationError", "Stack with id x does not exist");
    answers("ssm:GetParameter", "{'Parameter':{'Name':'n','Type':'String','Value':'28'}}");
    answers(
        "apigateway:GET",
        "{'cloudwatchRoleArn':'arn:aws:iam::123456789012:role/logs','throttleSettings':{'rateLimit':10000.0,'burstLimit':5000}}");
    answers(
        "lambda:GetAccountSettings",
        "{'AccountLimit':{'ConcurrentExecutions':1000,'UnreservedConcurrentExecutions':1000,'TotalCodeSize':80530636800},'AccountUsage':{'FunctionCount':0,'TotalCodeSize':0}}");
    refuses("servicequotas:GetServiceQuota", "NoSuchResourceException", "there is no such quota");
    answers(
        "ses:GetEmailIdentity", "{'IdentityType':'EMAIL_ADDRESS','VerifiedForSendingStatus':true}");
    answers(
        "ses:GetAccount",
        "{'SendingEnabled':true,'ProductionAccessEnabled':true,'EnforcementStatus':'HEALTHY'}");
    answers("logs:DescribeResourcePolicies", "{'resourcePolicies':[]}");
    answers("logs:DescribeLogGroups", "{'logGroups':[]}");
    answers("dynamodb:ListTables", "{'TableNames':[]}");
    answers("sqs:ListQueues", "{}");
    answers("secretsmanager:ListSecrets", "{'SecretList':[]}");
    buckets();
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  public String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  public FakeAccount answers(String right, String answer) {
    return answersBy(right, _ -> answer);
  }

  /** By the input. */
  FakeAccount answersBy(String right, UnaryOperator<String> answer) {
    answers.put(right, answer);
    return this;
  }

  public FakeAccount refuses(String right, String code, String message) {
    return answers(right, "refused " + code + " " + message);
  }

  public FakeAccount denies(String right) {
    return refuses(
        right,
        right.startsWith("s3:") || right.startsWith("cloudformation:")
            ? "AccessDenied"
            : "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: " + right);
  }

  FakeAccount buckets(String... names) {
    return answers(
        "s3:ListAllMyBuckets",
        "<ListAllMyBucketsResult><Buckets>"
            + Arrays.stream(names)
                .map(name -> "<Bucket><Name>" + name + "</Name></Bucket>")
                .collect(Collectors.joining())
            + "</Buckets></ListAllMyBucketsResult>");
  }

  /** What CloudFormation says of the stack. */
  FakeAccount stack(String status) {
    return answers(
        "cloudformation:DescribeStacks",
        "<Stacks><member><StackName>agentpost</StackName><CreationTime>2026-03-31T10:30:00Z</CreationTime><StackStatus>"
            + status
            + "</StackStatus></member></Stacks>");
  }

  /** Of the stack, in pages of two. */
  FakeAccount resources(Map<String, String> physicalIds) {
    return resources(_ -> physicalIds);
  }

  /** The same, by the names or ARNs of stacks. */
  FakeAccount resources(Function<String, Map<String, String>> byStack) {
    return answersBy(
        "cloudformation:ListStackResources",
        form -> {
          List<String> members =
              byStack
                  .apply(form.replaceFirst("(?s).*StackName=([^&]*).*", "$1"))
                  .entrySet()
                  .stream()
                  .sorted(Map.Entry.comparingByKey())
                  .map(
                      each ->
                          "<member><LogicalResourceId>%s</LogicalResourceId><PhysicalResourceId>%s</PhysicalResourceId><ResourceType>%s</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>"
                              .formatted(each.getKey(), each.getValue(), type(each.getValue())))
                  .toList();
          int from =
              form.contains("NextToken=")
                  ? Integer.parseInt(form.replaceFirst("(?s).*NextToken=([0-9]+).*", "$1"))
                  : 0;
          int to = Math.min(from + 2, members.size());
          return "<StackResourceSummaries>"
              + String.join("", members.subList(from, to))
              + "</StackResourceSummaries>"
              + (to < members.size() ? "<NextToken>" + to + "</NextToken>" : "");
        });
  }

  private static String type(String physicalId) {
    return physicalId.contains(":function:")
        ? "AWS::Lambda::Alias"
        : physicalId.contains(":stack/") ? "AWS::CloudFormation::Stack" : "T";
  }

  /** What was deployed, by the names or ARNs of its stacks. */
  FakeAccount templates(UnaryOperator<String> byStack) {
    return answersBy(
        "cloudformation:GetTemplate",
        form -> {
          String template =
              byStack
                  .apply(form.replaceFirst("(?s).*StackName=([^&]*).*", "$1"))
                  .replace('\'', '"');
          return template.startsWith("refused ")
              ? template
              : "<TemplateBody><![CDATA[" + template + "]]></TemplateBody>";
        });
  }

  List<String> called() {
    return List.copyOf(called);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      String path = exchange.getRequestURI().getPath();
      if (path.startsWith("/_agentpost/")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      boolean isQuery = target == null && body.startsWith("Action=");
      String right;
      String input = body;
      if (target != null) {
        String[] parts = target.split("\\.");
        right = SERVICES.get(parts[0]) + ":" + parts[1];
      } else if (isQuery) {
        input = URLDecoder.decode(body, UTF_8);
        right = "cloudformation:" + body.replaceFirst("(?s)Action=([A-Za-z]+).*", "$1");
      } else {
        input = exchange.getRequestURI() + (body.isEmpty() ? "" : " " + body);
        right = restRight(exchange.getRequestMethod(), path);
      }
      called.add(right + " " + input);
      UnaryOperator<String> known =
          answers.getOrDefault(right, _ -> "refused UnknownOperationException " + right);
      send(exchange, right, known.apply(input));
    }
  }

  private static String restRight(String method, String path) {
    return switch (path) {
      case "/" -> "s3:ListAllMyBuckets";
      case "/account" -> "apigateway:GET";
      case String one when one.startsWith("/domainnames/") -> "apigateway:GET on " + one;
      case "/v2/email/account" -> "ses:GetAccount";
      case String one when one.startsWith("/v2/email/identities/") -> "ses:GetEmailIdentity";
      case String one when one.contains("account-settings") -> "lambda:GetAccountSettings";
      case String one when one.endsWith("/versions") -> "lambda:ListVersionsByFunction";
      case String one when one.endsWith("/configuration") -> "lambda:GetFunctionConfiguration";
      case String one when one.endsWith("/invocations") -> "lambda:InvokeFunction";
      case String one when one.contains("/aliases/") ->
          method.equals("PUT") ? "lambda:UpdateAlias" : "lambda:GetAlias";
      case String one when method.equals("DELETE") && one.startsWith("/2015-03-31/functions/") ->
          "lambda:DeleteFunction";
      default -> path;
    };
  }

  private static void send(HttpExchange exchange, String right, String answer) throws IOException {
    boolean isXml = right.startsWith("cloudformation:") || right.startsWith("s3:");
    int status = 200;
    String text = answer;
    if (answer.startsWith("refused ")) {
      String[] words = answer.split(" ", 3);
      status =
          words[1].startsWith("AccessDenied")
              ? 403
              : words[1].equals("NotFoundException") ? 404 : 400;
      String error = "<Code>" + words[1] + "</Code><Message>" + words[2] + "</Message>";
      text =
          right.startsWith("s3:")
              ? "<Error>" + error + "</Error>"
              : isXml
                  ? "<ErrorResponse><Error>" + error + "</Error></ErrorResponse>"
                  : "{'__type':'" + words[1] + "','message':'" + words[2] + "'}";
      exchange.getResponseHeaders().set("x-amzn-ErrorType", words[1]);
    } else if (right.startsWith("cloudformation:")) {
      String name = right.substring(right.indexOf(':') + 1);
      text =
          "<%1$sResponse xmlns='%2$s'><%1$sResult>%3$s</%1$sResult></%1$sResponse>"
              .formatted(name, CLOUDFORMATION, answer);
    }
    byte[] bytes = (isXml ? text : text.replace('\'', '"')).getBytes(UTF_8);
    exchange
        .getResponseHeaders()
        .set("Content-Type", isXml ? "text/xml" : "application/x-amz-json-1.1");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
