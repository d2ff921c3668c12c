package agentpost.onboarding;

import agentpost.event.EventId;
import java.time.Instant;
import java.util.Optional;

/**
 * The record of who is on trial until when, and who became a customer. A conversion may be recorded
 * before the trial is.
 */
interface TrialStore {
  /**
   * Records a trial; recording the same one again changes nothing that matters.
   *
   * @return whether the user is a customer already
   */
  boolean record(Trial trial);

  /**
   * Records that a user became a customer; doing so again changes nothing.
   *
   * @return the reminder that the user's trial was recorded with; nothing if it has none, or is not
   *     recorded yet
   */
  Optional<EventId> convert(String userId, Instant at);

  boolean isConverted(String userId);

  /**
   * @param reminder what is planned and when; nothing if the trial had ended before it could be
   */
  record Trial(
      String userId, String plan, Instant startedAt, Instant endsAt, Optional<Reminder> reminder) {}

  record Reminder(EventId id, Instant at) {}
}
