package agentpost.ingest;

import agentpost.catalog.Extensions;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A third party whose way to sign is known by name. A jar adds one by registering it in {@code
 * META-INF/services/agentpost.ingest.Provider}; its constructor does no work, for each start of the
 * function behind {@code /ingest} makes one of each.
 */
public interface Provider {
  /** All that are registered. */
  Extensions<Provider> ALL = Extensions.load(Provider.class, Provider::name);

  /** As a source's {@code scheme} has it. */
  String name();

  /**
   * @param secrets the live texts, one or more, current first
   * @param freshness of what has a signed time
   * @throws IllegalArgumentException if a secret does not fit; its message says by what shape
   */
  SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness);

  /** What it wants to be answered, where the catalog does not say. */
  default ReplyPolicy usualReply() {
    return ReplyPolicy.DEFAULT;
  }

  /** Whether the URL that was called is part of what is signed. */
  default boolean signsUrl() {
    return false;
  }

  /**
   * Whether a payload, whose signature held, is no event but asks the door to repeat its {@code
   * challenge}.
   */
  default boolean isChallenge(JsonNode payload) {
    return false;
  }
}
