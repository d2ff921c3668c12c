package agentpost.secrets;

import agentpost.platform.Platform;
import agentpost.platform.RecentAnswers;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Clock;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/**
 * Secrets Manager's texts by secret id. A text is asked for again after a minute, well inside any rotation's overlap; while Secrets Manager
 * cannot be reached, the last one serves for ten minutes more. Safe for use by many threads.
 */
public final class SecretStore {

  /** What came of asking for a secret. */
  public sealed interface Lookup {
    record Found(String text) implements Lookup {
      @Override
      public String toString() {
        return "Found(a secret of " + text.length() + " characters)";
      }
    }

    /** There is no such secret, or it has no text. */
    record Missing(String secretId) implements Lookup {}

    /** Secrets Manager did not answer, and nothing recent enough is known. */
    record Unavailable(String secretId, String why) implements Lookup {}
  }

  private final SecretsManagerClient client;
  private final LoadingCache<String, String> texts;

  public SecretStore(SecretsManagerClient client, Clock clock) {
    this.client = client;
    this.texts = RecentAnswers.to(this::load, clock);
  }

  public static SecretStore on(Platform platform) {
    return new SecretStore(platform.aws().create(SecretsManagerClient.builder()), platform.clock());
  }

  public Lookup text(String secretId) {
    try {
      String text = texts.get(secretId);
      return text.isBlank() ? new Lookup.Missing(secretId) : new Lookup.Found(text);
    } catch (ResourceNotFoundException e) {
      return new Lookup.Missing(secretId);
    } catch (SdkException e) {
      return new Lookup.Unavailable(secretId, e.getClass().getSimpleName());
    }
  }

  private String load(String secretId) {
    // A binary secret has no text.
    return Optional.ofNullable(client.getSecretValue(request -> request.secretId(secretId)).secretString()).orElse("");
  }
}
