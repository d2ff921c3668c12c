package agentpost.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An agent's last answer, found in what EventBridge says of it. How EventBridge words that is not documented, and it cuts long answers; so the
 * status is the first number that can be one, and the problem is an RFC 9457 {@code detail} or {@code title}, or else what follows the status.
 *
 * @param status of HTTP, 400 to 599: the agent's, or the 502 or 504 that the relay makes of silence
 * @param problem in the agent's own words
 */
public record LastAnswer(OptionalInt status, Optional<String> problem) {
  private static final LastAnswer UNKNOWN = new LastAnswer(OptionalInt.empty(), Optional.empty());
  private static final Pattern STATUS = Pattern.compile("(?<![\\w.-])([45]\\d\\d)(?![\\w-]|\\.\\d)");
  private static final Pattern STATUS_IN_BODY = Pattern.compile("\"status\"\\s*:\\s*([45]\\d\\d)\\b");
  private static final Pattern DETAIL = text("detail");
  private static final Pattern TITLE = text("title");

  private static Pattern text(String name) {
    return Pattern.compile("\"" + name + "\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\u[0-9A-Fa-f]{4}|\\\\[^u])*+)(\"?)");
  }

  /** @param code EventBridge's; only of an error from the target does the message have an answer in it */
  static LastAnswer of(String code, String message) {
    if (!code.equals("ERROR_FROM_TARGET")) {
      return UNKNOWN;
    }
    int brace = message.indexOf('{');
    String before = brace < 0 ? message : message.substring(0, brace);
    String body = brace < 0 ? "" : message.substring(brace);
    Matcher status = STATUS.matcher(before);
    boolean known = status.find();
    Optional<String> rest = known ? Optional.of(before.substring(status.end()).replaceFirst("^[\\s:,.;-]+", "").strip()) : Optional.empty();
    return new LastAnswer(
        known ? OptionalInt.of(Integer.parseInt(status.group(1))) : inBody(body),
        Stream.of(DETAIL, TITLE).flatMap(pattern -> found(pattern, body).stream()).findFirst().or(() -> rest.filter(text -> !text.isEmpty())));
  }

  private static OptionalInt inBody(String body) {
    Matcher status = STATUS_IN_BODY.matcher(body);
    return status.find() ? OptionalInt.of(Integer.parseInt(status.group(1))) : OptionalInt.empty();
  }

  private static Optional<String> found(Pattern pattern, String body) {
    Matcher matcher = pattern.matcher(body);
    if (!matcher.find() || matcher.group(1).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new JsonMapper().readValue('"' + matcher.group(1) + '"', String.class) + (matcher.group(2).isEmpty() ? "…" : ""));
    } catch (JsonProcessingException e) {
      // No JSON after all.
      return Optional.empty();
    }
  }
}
