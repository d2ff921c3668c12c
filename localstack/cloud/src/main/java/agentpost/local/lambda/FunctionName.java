package agentpost.local.lambda;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A function as requests name it: by name, ARN or the ARN's end (Lambda API reference, "Name
 * formats").
 *
 * @param qualifier a version's or an alias's
 */
public record FunctionName(String name, Optional<String> qualifier) {
  private static final String UNPUBLISHED = "$LATEST";
  private static final Pattern FORMS =
      Pattern.compile(
          "(?:arn:aws:lambda:us-east-1:000000000000:function:|000000000000:(?:function:)?|function:)?"
              + "([A-Za-z0-9_-]{1,64})(?::([A-Za-z0-9$_.-]{1,128}))?");

  /** Nothing if it is none, or another account's or region's. */
  public static Optional<FunctionName> of(String text) {
    Matcher form = FORMS.matcher(text);
    return form.matches()
        ? Optional.of(new FunctionName(form.group(1), Optional.ofNullable(form.group(2))))
        : Optional.empty();
  }

  /** With a qualifier that is given apart. */
  FunctionName with(Optional<String> apart) {
    return new FunctionName(name, apart.or(() -> qualifier));
  }

  /**
   * What runs (Lambda API reference, "Invoke", X-Amz-Executed-Version): the one that is not
   * published, unless another is asked for. The alias leads to the one version that there is.
   */
  String version() {
    return qualifier.orElse(UNPUBLISHED).equals(UNPUBLISHED) ? UNPUBLISHED : "1";
  }

  String arn() {
    return "arn:aws:lambda:us-east-1:000000000000:function:"
        + name
        + qualifier.map(one -> ":" + one).orElse("");
  }
}
