package agentpost.local.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What is asked in AWS's Query protocol: DescribeStacks and GetCallerIdentity. */
public final class CloudFormationQueries {
  /** Of every request. */
  private static final Set<String> READ = Set.of("Action", "Version");

  private final Supplier<Map<String, Map<String, String>>> stacks;
  private final Instant created;

  /**
   * @param created when the stacks were, which is when the cloud started
   */
  public CloudFormationQueries(Supplier<Map<String, Map<String, String>>> stacks, Instant created) {
    this.stacks = stacks;
    this.created = created.truncatedTo(ChronoUnit.MILLIS);
  }

  /** What a request asks for; nothing if it does not say. */
  static String action(AwsRequest request) {
    return action(form(request));
  }

  private static String action(Map<String, List<String>> form) {
    return Optional.ofNullable(form.get("Action")).map(List::getFirst).orElse("");
  }

  private static Map<String, List<String>> form(AwsRequest request) {
    return Gateway.query(new String(request.body(), UTF_8));
  }

  public AwsResponse handle(AwsRequest request) {
    Map<String, List<String>> form = form(request);
    String action = action(form);
    Optional<String> unread =
        form.keySet().stream()
            .filter(
                name ->
                    !READ.contains(name)
                        && !(action.equals("DescribeStacks") && name.equals("StackName")))
            .sorted()
            .findFirst();
    if (unread.isPresent()) {
      return error(
          "ValidationError",
          "The local cloud does not support " + unread.get() + " of " + action + ".");
    }
    return switch (action) {
      case "DescribeStacks" ->
          describe(Optional.ofNullable(form.get("StackName")).map(List::getFirst));
      case "GetCallerIdentity" ->
          xml(
              200,
              "<GetCallerIdentityResponse"
                  + " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>"
                  + "<Arn>arn:aws:iam::000000000000:root</Arn>"
                  + "<UserId>local</UserId><Account>000000000000</Account>"
                  + "</GetCallerIdentityResult></GetCallerIdentityResponse>");
      default -> error("InvalidAction", "The local cloud does not support the action " + action);
    };
  }

  private AwsResponse describe(Optional<String> name) {
    StringBuilder members = new StringBuilder();
    stacks
        .get()
        .forEach(
            (stack, outputs) -> {
              if (name.isEmpty() || name.get().equals(stack)) {
                members
                    .append("<member><StackName>")
                    .append(stack)
                    .append(
                        "</StackName><StackId>arn:aws:cloudformation:us-east-1:000000000000:stack/");
                members
                    .append(stack)
                    .append("/local</StackId><CreationTime>")
                    .append(created)
                    .append("</CreationTime>");
                members.append("<StackStatus>CREATE_COMPLETE</StackStatus><Outputs>");
                outputs.forEach(
                    (key, value) ->
                        members
                            .append("<member><OutputKey>")
                            .append(key)
                            .append("</OutputKey><OutputValue>")
                            .append(WireErrors.escape(value))
                            .append("</OutputValue></member>"));
                members.append("</Outputs></member>");
              }
            });
    return members.isEmpty() && name.isPresent()
        ? error("ValidationError", "Stack with id " + name.get() + " does not exist")
        : xml(
            200,
            "<DescribeStacksResponse"
                + " xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><DescribeStacksResult><Stacks>"
                + members
                + "</Stacks></DescribeStacksResult></DescribeStacksResponse>");
  }

  private static AwsResponse error(String code, String message) {
    return xml(
        400,
        "<ErrorResponse><Error><Type>Sender</Type><Code>"
            + code
            + "</Code><Message>"
            + WireErrors.escape(message)
            + "</Message></Error></ErrorResponse>");
  }

  private static AwsResponse xml(int status, String body) {
    return new AwsResponse(status, Map.of("Content-Type", "text/xml"), body.getBytes(UTF_8));
  }
}
