package agentpost.local.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The one region and account that are here: what names another leads nowhere. */
public final class LocalScope {
  private static final String REGION = "us-east-1";
  private static final String ACCOUNT = "000000000000";

  private static final Pattern ARN =
      Pattern.compile("arn:[^:]*:[^:]*:([^:]*):([^:]*):.*", Pattern.DOTALL);

  /** SQS's endpoints, present and legacy (AWS General Reference, "Amazon SQS endpoints"). */
  private static final Pattern QUEUE_HOST =
      Pattern.compile(
          "https?://(?:sqs(?:-fips)?\\.([a-z]+(?:-[a-z]+)++-[0-9])\\.|([a-z]+(?:-[a-z]+)++-[0-9])\\.queue\\.).*");

  private static final Pattern STANDARD_QUEUE =
      Pattern.compile("arn:aws:sqs:" + REGION + ":" + ACCOUNT + ":[A-Za-z0-9_-]{1,80}");

  private LocalScope() {}

  /** Whether it is an ARN of another region; those of roles and buckets name none. */
  public static boolean isOfOtherRegion(String arn) {
    return names(arn, 1, REGION);
  }

  /** Whether it is an ARN of another account. */
  public static boolean isOfOtherAccount(String arn) {
    return names(arn, 2, ACCOUNT);
  }

  private static boolean names(String arn, int part, String own) {
    Matcher parts = ARN.matcher(arn);
    return parts.matches() && !parts.group(part).isEmpty() && !parts.group(part).equals(own);
  }

  /** Whether a queue's URL names one of AWS's hosts of another region. */
  public static boolean isQueueOfOtherRegion(String url) {
    Matcher host = QUEUE_HOST.matcher(url);
    return host.matches() && !REGION.equals(host.group(1) == null ? host.group(2) : host.group(1));
  }

  /**
   * @throws AwsException if a request's dead letters would go to what is no standard queue here
   */
  public static void requireDeadLetterQueue(String arn) {
    if (!STANDARD_QUEUE.matcher(arn).matches()) {
      throw AwsException.badRequest(
          "ValidationException",
          "A dead-letter queue must be a standard queue of SQS in "
              + REGION
              + " and account "
              + ACCOUNT
              + "; got "
              + arn
              + ".");
    }
  }

  /**
   * Roles are given within an account (IAM user guide, "Granting a user permissions to pass a role
   * to an AWS service").
   *
   * @throws AwsException if a request gives a role of another account, anywhere in it
   */
  static void requireOwnRoles(JsonNode request) {
    request
        .properties()
        .forEach(
            member -> {
              if (member.getKey().equals("RoleArn")
                  && isOfOtherAccount(member.getValue().asText())) {
                throw AwsException.badRequest(
                    "AccessDeniedException", "Cross-account pass role is not allowed.");
              }
            });
    request.forEach(LocalScope::requireOwnRoles);
  }
}
