package agentpost.ingest;

import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.http.Problem;
import agentpost.platform.LogFields;
import agentpost.publish.Publisher;
import agentpost.webhook.ClaimStore;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Puts a delivery's events on the bus, and beside them what can become none, as {@code
 * ingest.refused}: translate, claim, publish, mark done, ten at a time and in their order. One
 * counts as done only when it is on the bus, and has the same id however often its delivery comes
 * (ADR 13); of a delivery that is to come again, those that are done are not published again.
 */
final class DeliveryPublisher {
  /** As many as PutEvents takes at a time, and as many calls to the table at the same time. */
  private static final int BATCH_SIZE = 10;

  private static final String ALREADY_DONE = "already-done";

  /**
   * What is to be on the bus for an element.
   *
   * @param refusal why it is not the element's own event
   * @param attempted what it would have been
   */
  private record Pending(
      Element element,
      Event event,
      Optional<ElementOutcome.Refused> refusal,
      Optional<Event> attempted) {
    HandledElement handled(ElementOutcome outcome) {
      LogFields fields = element.fields();
      return new HandledElement(
          element, outcome, attempted.map(tried -> fields.and(fieldsOf(tried))).orElse(fields));
    }

    /** It is on the bus, its own event or what is kept of it. */
    HandledElement done(String outcome) {
      return refusal
          .map(refused -> handled(refused).kept(event.id()))
          .orElseGet(() -> handled(new ElementOutcome.Taken(event.id(), outcome)));
    }
  }

  private record Claimed(Pending pending, String owner) {}

  private final Ingest.Parts parts;
  private final Translator translator;
  private final RefusedDeliveries refusals;

  DeliveryPublisher(Ingest.Parts parts, RefusedDeliveries refusals) {
    this.parts = parts;
    this.translator = new Translator(parts.schemas(), parts.clock());
    this.refusals = refusals;
  }

  /**
   * @param until after that no more are begun once some are done, so that each time it comes again
   *     there are fewer left
   */
  List<HandledElement> take(List<Element> elements, Instant until) {
    List<HandledElement> takings = new ArrayList<>();
    Map<EventId, JsonNode> seen = new HashMap<>();
    boolean isProgress = false;
    for (int from = 0; from < elements.size(); from += BATCH_SIZE) {
      List<Element> some = elements.subList(from, Math.min(elements.size(), from + BATCH_SIZE));
      boolean isStopped =
          takings.stream().anyMatch(handled -> handled.outcome() instanceof ElementOutcome.NotNow);
      if (isStopped || (isProgress && !parts.clock().instant().isBefore(until))) {
        String reason =
            isStopped ? "one before it is to come again" : "there is no time left for it now";
        some.forEach(
            element ->
                takings.add(
                    new HandledElement(
                        element,
                        new ElementOutcome.NotNow(
                            "the rest of the delivery is to come again", reason))));
      } else {
        Batch batch = new Batch();
        some.forEach(element -> batch.translate(element, seen));
        takings.addAll(batch.outcomes(some));
        isProgress |= batch.isProgress;
      }
    }
    return takings;
  }

  /**
   * What was wrong with all of a delivery, or that it is to come again since it could not be kept.
   */
  HandledElement refuse(Element element, Problem problem, String why) {
    Batch batch = new Batch();
    batch.keep(element, problem, why, Optional.empty());
    return batch.outcomes(List.of(element)).getFirst();
  }

  private final class Batch {
    private final List<Pending> pending = new ArrayList<>();

    /** Elements are told apart by which they are: two may say the same. */
    private final IdentityHashMap<Element, HandledElement> takings = new IdentityHashMap<>();

    private boolean isProgress;

    private List<HandledElement> outcomes(List<Element> elements) {
      publish(claim());
      return elements.stream().map(takings::get).toList();
    }

    private void translate(Element element, Map<EventId, JsonNode> seen) {
      switch (translator.translate(element)) {
        case Translator.Translation.Unmapped _ ->
            takings.put(element, new HandledElement(element, refusals.refuseUnmapped(element)));
        case Translator.Translation.Impossible(var problem, var why, var attempted) ->
            keep(element, problem, why, attempted);
        case Translator.Translation.Translated(var event) -> {
          Pending own = new Pending(element, event, Optional.empty(), Optional.of(event));
          JsonNode before = seen.putIfAbsent(event.id(), element.payload());
          if (before == null) {
            pending.add(own);
          } else if (before.equals(element.payload())) {
            takings.put(element, own.done(ALREADY_DONE));
          } else {
            // A slip of the catalog's or the sender's, and neither of the two is lost.
            keep(
                element,
                Problem.INVALID_REQUEST,
                "another event of this delivery has the same id and says something else",
                Optional.of(event));
          }
        }
      }
    }

    private void keep(Element element, Problem problem, String why, Optional<Event> attempted) {
      refusals
          .event(element, why, attempted)
          .ifPresentOrElse(
              event ->
                  pending.add(
                      new Pending(
                          element,
                          event,
                          Optional.of(new ElementOutcome.Refused(problem, why)),
                          attempted)),
              () ->
                  takings.put(
                      element,
                      refusals
                          .refuseTooLarge(element, problem, why)
                          .with(
                              attempted.map(DeliveryPublisher::fieldsOf).orElse(LogFields.NONE))));
    }

    private List<Claimed> claim() {
      List<ClaimStore.Claim> claims =
          callForEach(
              pending,
              one ->
                  claims(one.element())
                      .take(
                          one.event().id(),
                          one.element().delivery().remaining().plus(Ingest.LEASE_MARGIN)));
      List<Claimed> mine = new ArrayList<>();
      for (int i = 0; i < claims.size(); i++) {
        Pending one = pending.get(i);
        switch (claims.get(i)) {
          case ClaimStore.Claim.Mine(var owner) -> mine.add(new Claimed(one, owner));
          case ClaimStore.Claim.Done _ -> takings.put(one.element(), one.done(ALREADY_DONE));
          case ClaimStore.Claim.Held _ ->
              takings.put(
                  one.element(),
                  one.handled(
                      new ElementOutcome.NotNow(
                          "another attempt at this delivery is under way", "held")));
          case ClaimStore.Claim.Unavailable(var why) ->
              takings.put(
                  one.element(),
                  one.handled(new ElementOutcome.NotNow("the claim could not be taken", why)));
        }
      }
      return mine;
    }

    private void publish(List<Claimed> mine) {
      if (mine.isEmpty()) {
        return;
      }
      if (parts.publisher().publish(mine.stream().map(one -> one.pending().event()).toList())
          instanceof Publisher.Publication.Failed(var reasons, _)) {
        for (Claimed claimed : mine) {
          Pending one = claimed.pending();
          claims(one.element()).release(one.event().id(), claimed.owner());
          takings.put(
              one.element(),
              one.handled(
                  new ElementOutcome.NotNow(
                      one.refusal().isPresent()
                          ? "what is refused could not be kept"
                          : "the event did not get onto the bus",
                      String.join("; ", reasons))));
        }
        return;
      }
      isProgress = true;
      // If this fails the delivery is published again when it comes again, with the same id;
      // agents' claims make that harmless.
      List<Boolean> marked =
          callForEach(
              mine,
              claimed ->
                  claims(claimed.pending().element())
                      .markDone(claimed.pending().event().id(), claimed.owner()));
      for (int i = 0; i < mine.size(); i++) {
        Pending one = mine.get(i).pending();
        if (one.refusal().isPresent()) {
          refusals.countKept(one.element(), one.event().id());
        }
        takings.put(
            one.element(),
            one.done("published").with(LogFields.NONE.with("claim_done", marked.get(i))));
      }
    }
  }

  /** All at the same time, on virtual threads; each is one request to the table. */
  private static <T, R> List<R> callForEach(List<T> items, Function<T, R> call) {
    if (items.size() == 1) {
      return List.of(call.apply(items.getFirst()));
    }
    List<CompletableFuture<R>> calls =
        items.stream()
            .map(
                item ->
                    CompletableFuture.supplyAsync(
                        () -> call.apply(item), Thread::startVirtualThread))
            .toList();
    return calls.stream().map(CompletableFuture::join).toList();
  }

  private static LogFields fieldsOf(Event event) {
    return LogFields.of("event_id", event.id().value()).with("event_type", event.type());
  }

  private ClaimStore claims(Element element) {
    return parts.claims().apply(element.delivery().source().name());
  }
}
