package agentpost.ingest;

import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.http.Problem;
import agentpost.publish.Publisher;
import agentpost.webhook.ClaimStore;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a delivery's events on the bus: translate, claim, publish, mark done, ten at a time. An
 * event counts as done only when it is on the bus, and has the same id however often its delivery
 * comes (ADR 13); of a delivery that is to come again, those that are done are not published again.
 */
final class DeliveryPublisher {
  /** As many as PutEvents takes at a time. */
  private static final int BATCH_SIZE = 10;

  private static final String PUBLISHED = "published";

  private record Claimed(Element element, Event event, String owner) {}

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
  List<ElementOutcome> take(List<Element> elements, Instant until) {
    List<ElementOutcome> takings = new ArrayList<>();
    Map<EventId, JsonNode> seen = new HashMap<>();
    for (int from = 0; from < elements.size(); from += BATCH_SIZE) {
      List<Element> some = elements.subList(from, Math.min(elements.size(), from + BATCH_SIZE));
      boolean isStopped =
          takings.stream().anyMatch(taking -> taking instanceof ElementOutcome.NotNow);
      boolean isProgress =
          takings.stream()
              .anyMatch(
                  taking ->
                      taking instanceof ElementOutcome.Taken(_, var outcome)
                          && outcome.equals(PUBLISHED));
      if (isStopped || (isProgress && !parts.clock().instant().isBefore(until))) {
        String reason =
            isStopped ? "one before it is to come again" : "there is no time left for it now";
        some.forEach(
            _ ->
                takings.add(
                    new ElementOutcome.NotNow(
                        "the rest of the delivery is to come again", reason)));
      } else {
        takings.addAll(takeBatch(some, seen));
      }
    }
    return takings;
  }

  private List<ElementOutcome> takeBatch(List<Element> some, Map<EventId, JsonNode> seen) {
    // Elements are told apart by which they are: their lines of the log change.
    IdentityHashMap<Element, ElementOutcome> takings = new IdentityHashMap<>();
    List<Claimed> mine = new ArrayList<>();
    for (Element element : some) {
      switch (translator.translate(element)) {
        case Translator.Translation.Unmapped _ ->
            takings.put(element, refusals.refuseUnmapped(element));
        case Translator.Translation.Impossible(var problem, var why) ->
            takings.put(element, refusals.keep(element, problem, why));
        case Translator.Translation.Translated(var event) when seen.containsKey(event.id()) ->
            takings.put(element, checkRepeated(element, event, seen));
        case Translator.Translation.Translated(var event) -> {
          seen.put(event.id(), element.payload());
          switch (claims(element)
              .take(event.id(), element.delivery().remaining().plus(Ingest.LEASE_MARGIN))) {
            case ClaimStore.Claim.Mine(var owner) -> mine.add(new Claimed(element, event, owner));
            case ClaimStore.Claim.Done _ ->
                takings.put(element, new ElementOutcome.Taken(event.id(), "already-done"));
            case ClaimStore.Claim.Held _ ->
                takings.put(
                    element,
                    new ElementOutcome.NotNow(
                        "another attempt at this delivery is under way", "held"));
            case ClaimStore.Claim.Unavailable(var why) ->
                takings.put(
                    element, new ElementOutcome.NotNow("the claim could not be taken", why));
          }
        }
      }
    }
    publish(mine, takings);
    return some.stream().map(takings::get).toList();
  }

  /**
   * Twice the same is one; two that differ under one id are a slip of the catalog's or the
   * sender's, and neither is lost.
   */
  private ElementOutcome checkRepeated(Element element, Event event, Map<EventId, JsonNode> seen) {
    return element.payload().equals(seen.get(event.id()))
        ? new ElementOutcome.Taken(event.id(), "already-done")
        : refusals.keep(
            element,
            Problem.INVALID_REQUEST,
            "another event of this delivery has the same id and says something else");
  }

  private void publish(List<Claimed> mine, IdentityHashMap<Element, ElementOutcome> takings) {
    if (mine.isEmpty()) {
      return;
    }
    if (parts.publisher().publish(mine.stream().map(Claimed::event).toList())
        instanceof Publisher.Publication.Failed(var reasons)) {
      for (Claimed claimed : mine) {
        claims(claimed.element()).release(claimed.event().id(), claimed.owner());
        takings.put(
            claimed.element(),
            new ElementOutcome.NotNow(
                "the event did not get onto the bus", String.join("; ", reasons)));
      }
      return;
    }
    for (Claimed claimed : mine) {
      // If this fails the delivery is published again when it comes again, with the same id;
      // agents' claims make that harmless.
      claimed
          .element()
          .line()
          .put(
              "claim_done",
              claims(claimed.element()).markDone(claimed.event().id(), claimed.owner()));
      takings.put(claimed.element(), new ElementOutcome.Taken(claimed.event().id(), PUBLISHED));
    }
  }

  private ClaimStore claims(Element element) {
    return parts.claims().apply(element.delivery().source().name());
  }
}
