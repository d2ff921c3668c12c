package agentpost.testing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** Secrets in memory, and a service that can be down. */
public final class FakeSecretsManager implements SecretsManagerClient {
  private final Map<String, String> secrets = new ConcurrentHashMap<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<String, FakeDirectory> directories = new ConcurrentHashMap<>();
  private volatile boolean down;

  /** One that is asked for through the same client, and counts its own calls. */
  public FakeSecretsManager with(String id, FakeDirectory directory) {
    directories.put(id, directory);
    return this;
  }

  public FakeSecretsManager with(String id, String text) {
    secrets.put(id, text);
    return this;
  }

  public void down(boolean isDown) {
    down = isDown;
  }

  public int calls() {
    return calls.get();
  }

  @Override
  public GetSecretValueResponse getSecretValue(GetSecretValueRequest request) {
    FakeDirectory directory = directories.get(request.secretId());
    if (directory != null) {
      return directory.getSecretValue(request);
    }
    calls.incrementAndGet();
    if (down) {
      throw SdkClientException.create("no route to Secrets Manager");
    }
    String text = secrets.get(request.secretId());
    if (text == null) {
      throw ResourceNotFoundException.builder()
          .message("Secrets Manager can't find the specified secret.")
          .build();
    }
    return GetSecretValueResponse.builder().secretString(text).build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
