package agentpost.agent;

import java.time.Instant;
import java.util.Optional;

/** The record of who is on trial until when. */
interface Trials {
  /** Records a trial; recording the same one again changes nothing that matters. */
  void record(Trial trial);

  /** @param reminderAt when the reminder is planned; nothing if the trial had ended before it could be */
  record Trial(String userId, String plan, Instant startedAt, Instant endsAt, Optional<Instant> reminderAt) {}
}
