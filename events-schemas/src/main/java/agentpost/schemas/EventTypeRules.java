package agentpost.schemas;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a project's event may be called. */
public final class EventTypeRules {
  /** EventBridge's detail-type has no more. */
  public static final int MAX_LENGTH = 128;

  private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9_]*+(?:\\.[a-z][a-z0-9_]*+)++");

  /** AWS's own events are named so, and those that agentpost may have one day. */
  private static final List<String> RESERVED = List.of("aws.", "agentpost.");

  private EventTypeRules() {}

  /** Whether it is lower-case words with dots between them. */
  public static boolean isEventType(String name) {
    return name.length() <= MAX_LENGTH && FORM.matcher(name).matches();
  }

  /** What it begins with and must not. */
  public static Optional<String> reservedPrefix(String name) {
    return RESERVED.stream().filter(name::startsWith).findFirst();
  }
}
