package agentpost.secrets;

import agentpost.signing.Secrets;
import agentpost.signing.WebhookSecret;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;

/** An agent's live webhook secrets, from its secret's text: {@code whsec_…} as it is, or JSON with {@code current} and {@code previous}. */
public final class WebhookSecrets {
  private static final JsonMapper JSON = new JsonMapper();

  /** What came of asking for an agent's secrets. */
  public sealed interface Lookup {
    record Found(Secrets secrets) implements Lookup {}

    /** It is missing or is not a webhook secret: someone has to mend it. */
    record Unusable(String why) implements Lookup {}

    /** It cannot be read now. */
    record Unavailable(String why) implements Lookup {}
  }

  private final SecretStore store;

  public WebhookSecrets(SecretStore store) {
    this.store = store;
  }

  public Lookup of(String secretId) {
    return switch (store.text(secretId)) {
      case SecretStore.Lookup.Found(var text) -> {
        try {
          yield new Lookup.Found(parse(text));
        } catch (IllegalArgumentException e) {
          yield new Lookup.Unusable("secret " + secretId + ": " + e.getMessage());
        }
      }
      case SecretStore.Lookup.Missing _ ->
          new Lookup.Unusable("secret " + secretId + " does not exist or has no text; store whsec_ and base64 of 24 to 64 random bytes there");
      case SecretStore.Lookup.Unavailable(_, var why) -> new Lookup.Unavailable("secret " + secretId + " cannot be read now: " + why);
    };
  }

  /** The secrets, or an exception at init that says which is missing: a function without its secret must not start. */
  public Secrets require(String secretId) {
    return switch (of(secretId)) {
      case Lookup.Found(var secrets) -> secrets;
      case Lookup.Unusable(var why) -> throw new IllegalStateException(why);
      case Lookup.Unavailable(var why) -> throw new IllegalStateException(why);
    };
  }

  /**
   * Reads a secret's text.
   *
   * @throws IllegalArgumentException naming the shape that is wrong, never the text
   */
  public static Secrets parse(String text) {
    if (!text.stripLeading().startsWith("{")) {
      return Secrets.of(WebhookSecret.of(text));
    }
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // The cause's message quotes the text, which is a secret.
      throw new IllegalArgumentException("The secret's text begins with { but is not JSON");
    }
    List<WebhookSecret> live = new ArrayList<>();
    for (String key : List.of("current", "previous")) {
      if (json.path(key).isTextual() && !json.path(key).asText().isBlank()) {
        live.add(WebhookSecret.of(json.path(key).asText()));
      }
    }
    if (!json.path("current").isTextual()) {
      throw new IllegalArgumentException("The secret is JSON without a text under \"current\"");
    }
    return new Secrets(live);
  }
}
