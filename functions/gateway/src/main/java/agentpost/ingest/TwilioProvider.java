package agentpost.ingest;

import agentpost.catalog.AnswerSettings;
import java.util.List;

/** It signs no time, so that freshness says nothing about it. */
public record TwilioProvider() implements Provider {
  @Override
  public String name() {
    return "twilio";
  }

  @Override
  public SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness) {
    return new TwilioVerifier(new SourceSecrets(secrets));
  }

  /**
   * Error 12300: what asks for instructions, as an incoming message or call does, takes XML only; a
   * status callback takes it too.
   */
  @Override
  public ReplyPolicy usualReply() {
    return new ReplyPolicy(200, AnswerSettings.Body.TWIML);
  }

  @Override
  public boolean signsUrl() {
    return true;
  }
}
