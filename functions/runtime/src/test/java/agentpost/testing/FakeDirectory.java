package agentpost.testing;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;

/** A directory in memory, of a Secrets Manager that can be down. */
public final class FakeDirectory implements SecretsManagerClient {
  /** Of agents, as their functions are told. */
  public static final String AGENTS = "agentpost/directory/agents";

  /** Of sources. */
  public static final String SOURCES = "agentpost/directory/sources";

  private final Map<String, String> entries = new ConcurrentSkipListMap<>();
  private final AtomicInteger calls = new AtomicInteger();
  private volatile Runnable beforeAnswer = () -> {};
  private volatile boolean down;

  public void down(boolean now) {
    down = now;
  }

  /** How often it was read. */
  public int calls() {
    return calls.get();
  }

  /** While it is being read. */
  public void beforeAnswer(Runnable action) {
    beforeAnswer = action;
  }

  public void without(String name) {
    entries.remove(name);
  }

  /**
   * @param entry JSON, or what should be
   */
  public FakeDirectory with(String name, String entry) {
    entries.put(name, entry);
    return this;
  }

  @Override
  public GetSecretValueResponse getSecretValue(GetSecretValueRequest request) {
    calls.incrementAndGet();
    beforeAnswer.run();
    if (down) {
      throw SdkClientException.create("no route to Secrets Manager");
    }
    String text =
        entries.entrySet().stream()
            .map(entry -> '"' + entry.getKey() + "\":" + entry.getValue())
            .collect(Collectors.joining(",", "{\"entries\":{", "}}"));
    return GetSecretValueResponse.builder().secretString(text).build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
