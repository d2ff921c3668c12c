package agentpost.delivery;

import agentpost.http.HttpPost;

/** What came of asking an agent's owner whether it wants events. */
sealed interface ChallengeResult {
  int GONE = 410;

  /** The challenge came back. */
  record Proven() implements ChallengeResult {}

  /** It wants none, ever. */
  record Gone() implements ChallengeResult {}

  /** Anything else, silence too: it is asked again later. */
  record Unproven(String why) implements ChallengeResult {}

  static ChallengeResult of(Challenge challenge, HttpPost.Answer answer) {
    return switch (answer) {
      case HttpPost.Answer.Answered(var status, _, _, _) when status == GONE -> new Gone();
      case HttpPost.Answer.Answered(var status, _, _, var body) when status / 100 == 2 ->
          challenge.isEchoedIn(body)
              ? new Proven()
              : new Unproven("answered " + status + " without it");
      case HttpPost.Answer.Answered(var status, _, _, _) -> new Unproven("answered " + status);
      case HttpPost.Answer.TimedOut _ -> new Unproven("no answer in time");
      case HttpPost.Answer.Unreachable(var why) -> new Unproven(why);
    };
  }

  /** As the log has it. */
  default String message() {
    return switch (this) {
      case Proven _ -> "proven";
      case Gone _ -> "answered " + GONE;
      case Unproven(var why) -> why;
    };
  }
}
