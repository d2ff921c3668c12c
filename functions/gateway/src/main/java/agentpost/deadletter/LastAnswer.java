package agentpost.deadletter;

import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An agent's last answer, found in what EventBridge says of it. How EventBridge words that is not
 * documented, and it cuts long answers; so the status is what words before the body say it was, or
 * else what the body calls one, and the problem is an RFC 9457 {@code detail} or {@code title}, or
 * else what follows the status. A number that nothing calls a status is none. It is read here for
 * whoever shows it and whoever judges by it.
 *
 * @param status of HTTP, 300 to 599: the agent's, or the 502 or 504 that the relay makes of silence
 * @param problem in the agent's own words
 */
public record LastAnswer(OptionalInt status, Optional<String> problem) {
  private static final LastAnswer UNKNOWN = new LastAnswer(OptionalInt.empty(), Optional.empty());

  /** As a status line begins, or after a word for it. */
  private static final Pattern STATUS =
      Pattern.compile(
          "(?:^\\s*|\\b(?:answered|returned|responded|with|code|status|HTTP(?:/[0-9](?:\\.[0-9])?)?)["
              + " :=(]{1,3})([345][0-9]{2})(?![\\w-]|\\.[0-9])",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern STATUS_IN_BODY =
      Pattern.compile("\"status\"\\s*:\\s*([345][0-9]{2})\\b");
  private static final Pattern DETAIL = text("detail");
  private static final Pattern TITLE = text("title");

  private static Pattern text(String name) {
    return Pattern.compile(
        "\"" + name + "\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\u[0-9A-Fa-f]{4}|\\\\[^u])*+)(\"?)");
  }

  /**
   * @param code EventBridge's; only of an error from the target does the message have an answer in
   *     it
   */
  static LastAnswer of(String code, String message) {
    if (!code.equals("ERROR_FROM_TARGET")) {
      return UNKNOWN;
    }
    int brace = message.indexOf('{');
    String before = brace < 0 ? message : message.substring(0, brace);
    String body = brace < 0 ? "" : message.substring(brace);
    Matcher status = STATUS.matcher(before);
    boolean known = status.find();
    Optional<String> rest =
        known
            ? Optional.of(before.substring(status.end()).replaceFirst("^[\\s:,.;-]+", "").strip())
            : Optional.empty();
    return new LastAnswer(
        known ? OptionalInt.of(Integer.parseInt(status.group(1))) : inBody(body),
        Stream.of(DETAIL, TITLE)
            .flatMap(pattern -> find(pattern, body).stream())
            .findFirst()
            .or(() -> rest.filter(text -> !text.isEmpty())));
  }

  private static OptionalInt inBody(String body) {
    Matcher status = STATUS_IN_BODY.matcher(body);
    return status.find() ? OptionalInt.of(Integer.parseInt(status.group(1))) : OptionalInt.empty();
  }

  private static Optional<String> find(Pattern pattern, String body) {
    Matcher matcher = pattern.matcher(body);
    if (!matcher.find() || matcher.group(1).isEmpty()) {
      return Optional.empty();
    }
    return Json.parse('"' + matcher.group(1) + '"') instanceof Json.Parsed.Read(TextNode text)
        ? Optional.of(text.textValue() + (matcher.group(2).isEmpty() ? "…" : ""))
        : Optional.empty();
  }
}
