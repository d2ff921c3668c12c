package agentpost.platform;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * Tells a failure by an AWS limit, which lasts, from one that passes. AWS has no error code for
 * most of these: only a ValidationException's text says that the size was the reason.
 */
public final class PlatformLimits {
  private static final int CONTENT_TOO_LARGE = 413;

  /** A chain of causes may be longer, but not with anything in it that is not known by then. */
  private static final int MAX_CAUSES = 10;

  /**
   * @param text by which the error is known; its groups go into the explanation
   */
  private record Limit(Pattern text, String explanation) {
    Limit(String text, String explanation) {
      this(Pattern.compile(text), explanation);
    }
  }

  /**
   * DynamoDB developer guide, "Quotas"; EventBridge user guide, "Calculating PutEvents event entry
   * size". The text with a member is how services say it that check a request against their model;
   * the last two are SQS's and SES's. What a message quotes of the request is not passed on.
   */
  private static final List<Limit> LIMITS =
      List.of(
          new Limit(
              "Item size (?:to update )?has exceeded the maximum allowed size",
              "DynamoDB keeps no item of more than 400 KB"),
          new Limit(
              "(?i)Size of (?:hash ?key|range ?key|all range keys) has exceeded",
              "DynamoDB has no key of more than 2048 bytes, or 1024 for a sort key"),
          new Limit(
              "Attribute name is too large", "DynamoDB has no attribute name of 64 KB or more"),
          new Limit(
              "Total size of the entries in the request is over the limit",
              "EventBridge takes no entry of 1 MB or more"),
          new Limit(
              "at '([A-Za-z0-9.]{1,100})' failed to satisfy constraint: Member must have length"
                  + " less than or equal to ([0-9]{1,12})",
              "%s may have at most %s characters"),
          new Limit("must be shorter than ([0-9]{1,12}) bytes", "a message has at most %s bytes"),
          new Limit("length is more than ([0-9]{1,12}) bytes", "a message has at most %s bytes"));

  private PlatformLimits() {}

  /** Which limit made it fail; nothing if it was none, and trying again may help. */
  public static Optional<String> explain(Throwable failure) {
    Optional<Throwable> cause = Optional.of(failure);
    for (int i = 0; i < MAX_CAUSES && cause.isPresent(); i++) {
      Throwable one = cause.get();
      Optional<String> limit =
          one instanceof LastingFailureException lasting
              ? Optional.ofNullable(lasting.getMessage())
              : one instanceof AwsServiceException refused ? explain(refused) : Optional.empty();
      if (limit.isPresent()) {
        return limit;
      }
      cause = Optional.ofNullable(one.getCause());
    }
    return Optional.empty();
  }

  private static Optional<String> explain(AwsServiceException refused) {
    if (refused.statusCode() >= 500) {
      return Optional.empty();
    }
    Optional<AwsErrorDetails> details = Optional.ofNullable(refused.awsErrorDetails());
    String service = details.map(AwsErrorDetails::serviceName).orElse("the service");
    if (refused.statusCode() == CONTENT_TOO_LARGE) {
      return Optional.of(service + " takes no request of this size");
    }
    String text =
        details
            .map(AwsErrorDetails::errorMessage)
            .or(() -> Optional.ofNullable(refused.getMessage()))
            .orElse("");
    for (Limit limit : LIMITS) {
      Matcher matcher = limit.text().matcher(text);
      if (matcher.find()) {
        Object[] found = new Object[matcher.groupCount()];
        for (int i = 0; i < found.length; i++) {
          found[i] = matcher.group(i + 1);
        }
        String explanation = limit.explanation().formatted(found);
        return Optional.of(
            explanation.startsWith("a message") || found.length == 2
                ? service + ": " + explanation
                : explanation);
      }
    }
    return Optional.empty();
  }
}
