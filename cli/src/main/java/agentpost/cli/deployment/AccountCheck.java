package agentpost.cli.deployment;

import agentpost.cli.cloud.CloudOptions;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * One look at an account.
 *
 * @param about as its findings have it
 * @param right that AWS asks for
 */
public record AccountCheck(String about, String right, Supplier<List<Finding>> look) {
  /** What a local cloud answers to what it does not know. */
  private static final Set<String> NOT_SERVED =
      Set.of("UnknownOperationException", "InvalidAction");

  /** What failed is a finding, and the next look is taken all the same. */
  public List<Finding> run(CloudOptions place) {
    try {
      return look.get();
    } catch (SdkException e) {
      return List.of(unread(place, e));
    }
  }

  Finding unread(CloudOptions place, SdkException failure) {
    return isNotServed(place, failure)
        ? Finding.ok(about, "a local cloud has none")
        : Finding.stop(about, "could not read it: " + why(failure, right));
  }

  static boolean isNotServed(CloudOptions place, SdkException failure) {
    return NOT_SERVED.contains(code(failure)) && place.isLocalCloud();
  }

  /**
   * @param right that may have been missing
   */
  public static String why(SdkException failure, String right) {
    return isDenied(code(failure)) ? "needs " + right : String.valueOf(failure.getMessage());
  }

  /** Empty if AWS did not answer at all. */
  public static String code(SdkException failure) {
    return failure instanceof AwsServiceException refused && refused.awsErrorDetails() != null
        ? String.valueOf(refused.awsErrorDetails().errorCode())
        : "";
  }

  /** As the services call it: AccessDenied, AccessDeniedException, UnauthorizedOperation. */
  private static boolean isDenied(String code) {
    return code.startsWith("AccessDenied") || code.startsWith("Unauthorized");
  }
}
