package agentpost.verification;

import agentpost.deadletter.DeadLetter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Deliveries and what becomes of those that fail, of a stage or of EventBridge alone. */
public final class DeliveryChecks {
  private static final ScriptedAnswer OK = ScriptedAnswer.of(200);
  private static final int RETRY_AFTER = 20;
  private static final int REFUSAL = 422;

  /** EventBridge's word for an answer that it does not try again for. */
  private static final String REFUSED_CODE = "ERROR_FROM_TARGET";

  /** Without which nothing else can be seen. */
  public static final Check<Deliveries> DELIVERY =
      new Check<>(
          "deliveries",
          "an event is delivered once, as it was put, with a valid signature",
          1,
          1,
          DeliveryChecks::delivery);

  public static final Check<Deliveries> DUPLICATE =
      new Check<>(
          "deliveries",
          "an event that is put twice comes twice under one webhook-id, so that it can be acted on"
              + " once",
          2,
          2,
          DeliveryChecks::duplicate);

  public static final Check<Deliveries> RETRIES =
      new Check<>(
          "retries",
          "503 and 429 are tried again with the same body and webhook-id, no sooner than"
              + " Retry-After asks",
          1,
          4,
          DeliveryChecks::retries);

  public static final Check<Deliveries> LATE =
      new Check<>(
          "retries",
          "an answer that comes too late is tried again",
          1,
          2,
          probe -> sameEvent(probe, ScriptedAnswer.tooLate(), OK));

  public static final Check<Deliveries> REFUSED =
      new Check<>(
          "dead letters",
          "what is refused is not tried again, and its dead letter says why",
          1,
          1,
          DeliveryChecks::refused);

  private DeliveryChecks() {}

  public static List<Check<Deliveries>> all() {
    return List.of(DELIVERY, DUPLICATE, RETRIES, LATE, REFUSED);
  }

  private static Outcome delivery(Deliveries probe) {
    Deliveries.Sent event = probe.put(OK);
    if (probe.awaitAttempts(event, 1).isEmpty()) {
      return new Outcome.Failed("nothing came " + probe.describeAbsence(event));
    }
    return same(event, probe.awaitNoMore(event, 1), 1);
  }

  private static Outcome duplicate(Deliveries probe) {
    Deliveries.Sent event = probe.put(OK);
    probe.put(event);
    List<ReceivedAttempt> attempts = probe.awaitAttempts(event, 2);
    return attempts.size() < 2
        ? new Outcome.Failed("it came once " + probe.describeAbsence(event))
        : same(event, probe.awaitNoMore(event, 2), 2);
  }

  private static Outcome retries(Deliveries probe) {
    ScriptedAnswer wait = ScriptedAnswer.tryAgainAfter(RETRY_AFTER);
    Deliveries.Sent event = probe.put(wait, ScriptedAnswer.of(429), ScriptedAnswer.of(503), OK);
    List<ReceivedAttempt> attempts = probe.awaitAttempts(event, 4);
    if (attempts.size() < 4) {
      return tooFew(event, probe, attempts.size(), 4);
    }
    List<Duration> waits =
        IntStream.range(1, attempts.size())
            .mapToObj(i -> Duration.between(attempts.get(i - 1).at(), attempts.get(i).at()))
            .toList();
    String seen =
        "waits: "
            + waits.stream().map(one -> one.toSeconds() + " s").collect(Collectors.joining(", "));
    if (waits.getFirst().toSeconds() < RETRY_AFTER) {
      return new Outcome.Failed("Retry-After was " + RETRY_AFTER + " s; " + seen);
    }
    return same(event, attempts, 4) instanceof Outcome.Failed failed
        ? failed
        : new Outcome.Passed(seen);
  }

  private static Outcome sameEvent(Deliveries probe, ScriptedAnswer... answers) {
    Deliveries.Sent event = probe.put(answers);
    List<ReceivedAttempt> attempts = probe.awaitAttempts(event, answers.length);
    return attempts.size() < answers.length
        ? tooFew(event, probe, attempts.size(), answers.length)
        : same(event, attempts, answers.length);
  }

  private static Outcome refused(Deliveries probe) {
    Deliveries.Sent event = probe.put(ScriptedAnswer.of(REFUSAL), OK);
    Optional<DeadLetter> letter = probe.awaitLetter(event);
    if (letter.isEmpty()) {
      return new Outcome.Failed(
          "there is no dead letter; " + probe.attempts(event).size() + " attempts came");
    }
    String said = letter.get().code() + ": " + letter.get().message();
    if (!letter.get().code().equals(REFUSED_CODE)
        || !said.contains(Integer.toString(REFUSAL))
        || letter.get().attempts() != 0) {
      return new Outcome.Failed(
          "after " + letter.get().attempts() + " more attempts it says " + said);
    }
    return same(event, probe.attempts(event), 1) instanceof Outcome.Failed failed
        ? failed
        : new Outcome.Passed(said);
  }

  private static Outcome tooFew(Deliveries.Sent event, Deliveries probe, int came, int wanted) {
    return new Outcome.Failed(
        came + " of " + wanted + " attempts came " + probe.describeAbsence(event));
  }

  /** Whether an event that something else puts comes, signed, and no second time. */
  public static Outcome arrivedOnce(Deliveries probe, Deliveries.Sent event) {
    if (probe.awaitAttempts(event, 1).isEmpty()) {
      return new Outcome.Failed("nothing came " + probe.describeAbsence(event));
    }
    return signed(event, probe.awaitNoMore(event, 1), 1);
  }

  /** Whether each attempt is the event as it was put, signed. */
  public static Outcome same(Deliveries.Sent event, List<ReceivedAttempt> attempts, int wanted) {
    if (signed(event, attempts, wanted) instanceof Outcome.Failed failed) {
      return failed;
    }
    return attempts.stream()
        .map(ReceivedAttempt::body)
        .filter(body -> !body.equals(event.body()))
        .findFirst()
        .<Outcome>map(body -> new Outcome.Failed("the body is not what was put: " + body))
        .orElse(new Outcome.Passed(""));
  }

  private static Outcome signed(Deliveries.Sent event, List<ReceivedAttempt> attempts, int wanted) {
    if (attempts.size() != wanted) {
      return new Outcome.Failed("it came " + attempts.size() + " times, not " + wanted);
    }
    for (ReceivedAttempt attempt : attempts) {
      if (!attempt.isAccepted()) {
        return new Outcome.Failed("the signature is not accepted: " + attempt.verified());
      }
      if (!attempt.id().equals(event.id())) {
        return new Outcome.Failed("webhook-id is " + attempt.id() + ", not the event's id");
      }
    }
    return new Outcome.Passed("");
  }
}
