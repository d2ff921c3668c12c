package agentpost.callback;

import agentpost.catalog.AgentName;
import agentpost.http.Problem;
import agentpost.http.Reply;
import agentpost.http.Request;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.KeySet;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Verifies a request against the live secrets of each of these processors, before anything reads
 * it; whose secret fitted is whom it concerns. A plain {@code X-Webhook-Signature} signs no time:
 * what keeps a replay from doing anything is the operation's id, which is claimed, or ended, once.
 */
final class ProcessorAuthenticator {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  sealed interface Caller {
    record Known(AgentName processor) implements Caller {}

    record Refused(Reply reply) implements Caller {}
  }

  private final List<AgentName> processors;
  private final WebhookKeyStore secrets;
  private final String prefix;
  private final Clock clock;

  /**
   * @throws IllegalStateException if a processor has no secret: a function without it must not
   *     start
   */
  ProcessorAuthenticator(
      List<AgentName> processors, WebhookKeyStore secrets, String prefix, Clock clock) {
    this.processors = List.copyOf(processors);
    this.secrets = secrets;
    this.prefix = prefix;
    this.clock = clock;
    if (processors.isEmpty()) {
      throw new IllegalStateException("There must be at least one processor");
    }
    processors.forEach(processor -> secrets.require(prefix + processor));
  }

  Caller authenticate(Request request) {
    Optional<AgentName> caller = Optional.empty();
    List<Verification> failed = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    for (AgentName processor : processors) {
      switch (secrets.of(prefix + processor)) {
        case WebhookKeyStore.Lookup.Found(var live) -> {
          Verification verification =
              secrets.verifyAgain(
                  prefix + processor, live, verify(request, live), now -> verify(request, now));
          if (verification instanceof Verification.Accepted) {
            caller = caller.or(() -> Optional.of(processor));
          } else {
            failed.add(verification);
          }
        }
        case WebhookKeyStore.Lookup.Unusable(var why) -> unreadable.add(why);
        case WebhookKeyStore.Lookup.Unavailable(var why) -> unreadable.add(why);
      }
    }
    return caller.<Caller>map(Caller.Known::new).orElseGet(() -> refuse(failed, unreadable));
  }

  private Verification verify(Request request, KeySet live) {
    return new Verifier(live, clock, Verifier.DEFAULT_TOLERANCE)
        .verify(request.headers(), request.body());
  }

  private static Caller refuse(List<Verification> failed, List<String> unreadable) {
    if (!unreadable.isEmpty()) {
      // The secret that would have fitted may be the one that cannot be read.
      return new Caller.Refused(
          Reply.tryAgain(
              RETRY_AFTER,
              "a processor's secret cannot be read now",
              String.join("; ", unreadable)));
    }
    return new Caller.Refused(
        switch (failed.getFirst()) {
          case Verification.Unsigned(var why) -> Reply.refuse(Problem.FORBIDDEN, why);
          case Verification.Malformed(var why) -> Reply.refuse(Problem.MALFORMED, why);
          case Verification.Stale(_, var tolerance) ->
              Reply.refuse(
                  Problem.FORBIDDEN,
                  "webhook-timestamp is more than " + tolerance.toSeconds() + " s off");
          case Verification.BadSignature(var scheme) ->
              Reply.refuse(
                  Problem.FORBIDDEN,
                  "the "
                      + scheme.label()
                      + " signature is not one of this body by a live secret of a processor");
          case Verification.Accepted _ ->
              throw new IllegalStateException("An accepted request is not refused");
        });
  }
}
