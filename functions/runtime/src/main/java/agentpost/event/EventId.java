package agentpost.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** An event's id: 1 to 128 characters that need no quoting in a header, a log or a key. */
public record EventId(String value) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  public EventId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "event_id must be 1 to 128 of A-Z a-z 0-9 . _ : -, got a string of "
              + value.length()
              + " characters");
    }
  }

  /** The id that a text is; nothing if it is none. */
  public static Optional<EventId> of(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new EventId(text)) : Optional.empty();
  }

  /**
   * The id of the event that an agent answers another one with: a name-based UUID, version 5 (RFC
   * 9562, 5.5), so that publishing it again after a crash publishes the same event.
   */
  public static EventId derive(String agent, EventId cause, String eventType) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((agent + '\n' + cause.value + '\n' + eventType).getBytes(UTF_8));
      ByteBuffer bits = ByteBuffer.wrap(hash);
      long high = (bits.getLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x5000L;
      long low = (bits.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
      return new EventId(new UUID(high, low).toString());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-1", e);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
