package agentpost.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the catalog says of the answer that a source's third party wants; what is not there is as
 * its provider usually wants it.
 *
 * @param status of what was taken, 200 to 204
 * @param badSignature 401 or 403: of a signature that is missing, wrong or too old
 */
public record AnswerSettings(OptionalInt status, Optional<Body> body, OptionalInt badSignature) {
  public static final AnswerSettings NONE =
      new AnswerSettings(OptionalInt.empty(), Optional.empty(), OptionalInt.empty());

  /** Of the answer to what was taken. */
  public enum Body {
    /** JSON with the events' ids. */
    IDS,
    EMPTY,
    /** Twilio's XML, with no instructions in it. */
    TWIML
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    status.ifPresent(code -> json.put("status", code));
    body.ifPresent(kind -> json.put("body", kind.name().toLowerCase(Locale.ROOT)));
    badSignature.ifPresent(code -> json.put("badSignature", code));
    return json;
  }
}
