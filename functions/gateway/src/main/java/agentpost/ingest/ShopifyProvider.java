package agentpost.ingest;

import agentpost.catalog.AnswerSettings;
import agentpost.catalog.HmacFormat;
import agentpost.http.Problem;
import java.util.List;

/** It signs no time, so that freshness says nothing about it. */
public record ShopifyProvider() implements Provider {
  @Override
  public String name() {
    return "shopify";
  }

  @Override
  public SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness) {
    return new HmacVerifier(HmacFormat.SHOPIFY, new SourceSecrets(secrets), freshness);
  }

  /**
   * shopify.dev, "Privacy law compliance": "If a mandatory compliance webhook sends a request with
   * an invalid Shopify HMAC header, then the app must return a 401".
   */
  @Override
  public ReplyPolicy usualReply() {
    return new ReplyPolicy(
        200,
        AnswerSettings.Body.IDS,
        Problem.UNAUTHENTICATED.status(),
        Problem.UNAUTHENTICATED.status());
  }
}
