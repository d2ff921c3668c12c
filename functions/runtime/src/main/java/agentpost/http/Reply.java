package agentpost.http;

import agentpost.platform.LogFields;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** The result of the steps behind an endpoint: the answer, and the fields for the log. */
public sealed interface Reply {
  /** What is known of the request beside what came of it. */
  LogFields fields();

  /** The same, and what an earlier step knows; that comes first in the log. */
  Reply with(LogFields known);

  default Reply with(String name, String value) {
    return with(LogFields.of(name, value));
  }

  Response response();

  /** {@code outcome} and why, as the log has them. */
  LogFields outcomeFields();

  /**
   * @param outcome for the log: lower-case words with hyphens, as a problem's label is, such as
   *     {@code already-done}
   */
  record Answered(String outcome, Response response, LogFields fields) implements Reply {
    private static final Pattern OUTCOME = Pattern.compile("[a-z]++(-[a-z]++)*+");

    public Answered {
      if (!OUTCOME.matcher(outcome).matches()) {
        throw new IllegalArgumentException(
            "outcome must be lower-case words with hyphens, such as already-done; got " + outcome);
      }
    }

    @Override
    public Answered with(LogFields known) {
      return new Answered(outcome, response, known.and(fields));
    }

    @Override
    public LogFields outcomeFields() {
      return LogFields.of("outcome", outcome);
    }
  }

  /**
   * Not taken, and never to be as it is.
   *
   * @param why for the caller
   * @param reason for the log, if that may know more
   */
  record Refused(Problem problem, String why, Optional<String> reason, LogFields fields)
      implements Reply {
    @Override
    public Refused with(LogFields known) {
      return new Refused(problem, why, reason, known.and(fields));
    }

    @Override
    public Response response() {
      return problem.withDetail(why);
    }

    @Override
    public LogFields outcomeFields() {
      return LogFields.of("outcome", problem.label()).with("reason", reason.orElse(why));
    }
  }

  /**
   * Not now: 503.
   *
   * @param after when to come again
   * @param why for the caller
   * @param reason for the log, if there is more to say
   */
  record TryAgain(Duration after, String why, Optional<String> reason, LogFields fields)
      implements Reply {
    @Override
    public TryAgain with(LogFields known) {
      return new TryAgain(after, why, reason, known.and(fields));
    }

    @Override
    public Response response() {
      return Problem.TRY_AGAIN.withDetail(why).retryAfter(after);
    }

    @Override
    public LogFields outcomeFields() {
      LogFields told = LogFields.of("outcome", Problem.TRY_AGAIN.label()).with("detail", why);
      return reason.map(text -> told.with("reason", text)).orElse(told);
    }
  }

  static Reply answer(String outcome, Response response) {
    return new Answered(outcome, response, LogFields.NONE);
  }

  static Reply refuse(Problem problem, String why) {
    return new Refused(problem, why, Optional.empty(), LogFields.NONE);
  }

  static Reply refuse(Problem problem, String why, String reason) {
    return new Refused(problem, why, Optional.of(reason), LogFields.NONE);
  }

  static Reply tryAgain(Duration after, String why) {
    return new TryAgain(after, why, Optional.empty(), LogFields.NONE);
  }

  static Reply tryAgain(Duration after, String why, String reason) {
    return new TryAgain(after, why, Optional.of(reason), LogFields.NONE);
  }
}
