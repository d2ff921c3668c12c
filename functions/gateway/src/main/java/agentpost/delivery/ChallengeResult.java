package agentpost.delivery;

import agentpost.http.HttpPost;

/** What came of asking an agent's owner whether it wants events. */
sealed interface ChallengeResult {
  int GONE = 410;

  /** The challenge came back. */
  record Verified() implements ChallengeResult {}

  /** It wants none, ever. */
  record Gone() implements ChallengeResult {}

  /** Anything else, silence too: it is asked again later. */
  record Unverified(String why) implements ChallengeResult {}

  static ChallengeResult of(Challenge challenge, HttpPost.Answer answer) {
    return switch (answer) {
      case HttpPost.Answer.Answered(var status, _, _, _) when status == GONE -> new Gone();
      case HttpPost.Answer.Answered(var status, _, _, var body) when status / 100 == 2 ->
          challenge.isEchoedIn(body)
              ? new Verified()
              : new Unverified("answered " + status + " without it");
      case HttpPost.Answer.Answered(var status, _, _, _) -> new Unverified("answered " + status);
      case HttpPost.Answer.TimedOut _ -> new Unverified("no answer in time");
      case HttpPost.Answer.Unreachable(var why) -> new Unverified(why);
    };
  }

  /** As the log has it. */
  default String message() {
    return switch (this) {
      case Verified _ -> "verified";
      case Gone _ -> "answered " + GONE;
      case Unverified(var why) -> why;
    };
  }
}
