package agentpost.ingest;

import agentpost.catalog.AnswerSettings;
import agentpost.catalog.HmacFormat;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Slack: Events API, slash commands and interactions. */
public record SlackProvider() implements Provider {
  @Override
  public String name() {
    return "slack";
  }

  @Override
  public SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness) {
    return new HmacVerifier(HmacFormat.SLACK, new SourceSecrets(secrets), freshness);
  }

  /**
   * docs.slack.dev: a slash command's or an interaction's answer is 200, and a body is shown to who
   * typed it.
   */
  @Override
  public ReplyPolicy usualReply() {
    return new ReplyPolicy(200, AnswerSettings.Body.EMPTY);
  }

  /** docs.slack.dev, "url_verification event". */
  @Override
  public boolean isChallenge(JsonNode payload) {
    return payload.path("type").asText().equals("url_verification");
  }
}
