package agentpost.ingest;

import agentpost.http.Endpoint;
import agentpost.http.Problem;
import agentpost.http.Reply;
import agentpost.platform.LogFields;
import agentpost.signing.Digest;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Optional;

/** Whether a request was signed by one of its source's live secrets. Reads nothing of its body. */
final class SourceAuthenticator {
  /** What a request may do. */
  sealed interface Authentication {
    /**
     * @param id the provider's own, or what was signed, hashed
     */
    record Accepted(String id) implements Authentication {}

    record Refused(Reply reply) implements Authentication {}
  }

  /**
   * @param verifier whose secrets they were held against
   */
  private record Held(SourceVerifier verifier, SourceVerification verification) {}

  private final Ingest.Parts parts;

  SourceAuthenticator(Ingest.Parts parts) {
    this.parts = parts;
  }

  /** Says in the log whether a source's secret can be used, before anybody needs it. */
  void check(Source source) {
    switch (parts
        .keys()
        .of(source, new TimestampPolicy(parts.clock(), TimestampPolicy.DEFAULT_TOLERANCE))) {
      case SourceVerifiers.Lookup.Unusable(var why) -> countUnusable(source, why);
      case SourceVerifiers.Lookup.Found(_, var notice) ->
          notice.ifPresent(text -> parts.log().accept(explainNotReady(source, "notice", text)));
      case SourceVerifiers.Lookup.Unavailable(var why) ->
          parts.log().accept(explainNotReady(source, "reason", why));
    }
  }

  Authentication authenticate(Source source, SignedRequest received) {
    TimestampPolicy freshness =
        new TimestampPolicy(parts.clock(), TimestampPolicy.DEFAULT_TOLERANCE);
    return switch (parts.keys().of(source, freshness)) {
      case SourceVerifiers.Lookup.Unusable(var why) -> {
        countUnusable(source, why);
        yield new Authentication.Refused(tryAgain("the source's secret cannot be used", why));
      }
      case SourceVerifiers.Lookup.Unavailable(var why) ->
          new Authentication.Refused(tryAgain("the source's secret cannot be read now", why));
      case SourceVerifiers.Lookup.Found found -> {
        Held held =
            verifyAgain(
                source,
                received,
                freshness,
                new Held(found.verifier(), found.verifier().verify(received)));
        yield switch (held.verification()) {
          case SourceVerification.Accepted(var id) ->
              new Authentication.Accepted(
                  id.orElseGet(() -> Digest.sha256Hex(held.verifier().signedContent(received))));
          case SourceVerification.Refused refused ->
              new Authentication.Refused(refuse(source, received, refused, found.notice()));
        };
      }
    };
  }

  private Reply refuse(
      Source source,
      SignedRequest received,
      SourceVerification.Refused verification,
      Optional<String> notice) {
    Problem forbidden = source.answer().forbiddenProblem();
    if (received.body().length > Ingest.MAX_BODY_BYTES) {
      return Reply.refuse(
          Problem.TOO_LARGE, Endpoint.explainTooLarge(received.body(), Ingest.MAX_BODY_BYTES));
    }
    return switch (verification) {
      case SourceVerification.Unsigned(var why) -> Reply.refuse(forbidden, why);
      case SourceVerification.BadSignature _ -> {
        notice.ifPresent(text -> countUnusable(source, text));
        yield Reply.refuse(forbidden, "the signature is not one of this body by a live secret")
            .with(notice.map(text -> LogFields.of("notice", text)).orElse(LogFields.NONE));
      }
      case SourceVerification.Stale(_, var tolerance) ->
          Reply.refuse(forbidden, "the timestamp is more than " + tolerance.toSeconds() + " s off");
      case SourceVerification.Malformed(var why) ->
          Reply.refuse(source.answer().malformedProblem(), why);
    };
  }

  /** What fits no key once more, with the keys as they are now. */
  private Held verifyAgain(
      Source source, SignedRequest received, TimestampPolicy freshness, Held first) {
    return first.verification() instanceof SourceVerification.BadSignature
            && parts.keys().fetchLatest(source, freshness)
                instanceof SourceVerifiers.Lookup.Found now
        ? new Held(now.verifier(), now.verifier().verify(received))
        : first;
  }

  private void countUnusable(Source source, String reason) {
    parts
        .log()
        .accept(parts.counter("IngestSecretUnusable", source).property("reason", reason).text());
  }

  private static String explainNotReady(Source source, String what, String why) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("message", "source not ready")
        .put("source", source.name().value())
        .put(what, why)
        .toString();
  }

  static Reply tryAgain(String why, String reason) {
    return Reply.tryAgain(ReplyPolicy.RETRY_AFTER, why, reason);
  }
}
