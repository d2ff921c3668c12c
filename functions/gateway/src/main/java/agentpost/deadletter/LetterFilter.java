package agentpost.deadletter;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Which letters are meant: those that meet every condition; an empty one is none.
 *
 * @param reasons EventBridge's error codes
 * @param eventTypes as in {@code user.signed_up}
 * @param since given up then or later
 * @param ids of events or of the queue's messages
 */
public record LetterFilter(
    Set<String> reasons, Set<String> eventTypes, Optional<Instant> since, Set<String> ids) {
  public static final LetterFilter ALL =
      new LetterFilter(Set.of(), Set.of(), Optional.empty(), Set.of());

  public LetterFilter {
    reasons = Set.copyOf(reasons);
    eventTypes = Set.copyOf(eventTypes);
    ids = Set.copyOf(ids);
  }

  public boolean match(DeadLetter letter) {
    return (reasons.isEmpty() || reasons.contains(letter.code()))
        && (eventTypes.isEmpty() || eventTypes.contains(letter.eventType()))
        && since.map(from -> !letter.sentAt().isBefore(from)).orElse(true)
        && (ids.isEmpty() || ids.contains(letter.eventId()) || ids.contains(letter.messageId()));
  }
}
