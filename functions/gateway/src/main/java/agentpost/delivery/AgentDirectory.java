package agentpost.delivery;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.platform.Platform;
import agentpost.platform.StaleOnErrorCache;
import agentpost.secrets.SignatureSchemes;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.net.URI;
import java.time.Clock;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterNotFoundException;

/**
 * Where agents live: Parameter Store's {@code /agentpost/agents/<agent>}, JSON with the {@code
 * endpoint} and what {@link AgentSettings} has. Asked again after a minute; while Parameter Store
 * cannot be reached, the last answer serves for ten minutes more.
 */
public final class AgentDirectory {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** What came of looking an agent up. */
  sealed interface Entry {
    /**
     * @param endpoint https, without user information
     */
    record Known(URI endpoint, AgentSettings settings) implements Entry {}

    record Unknown() implements Entry {}

    /** The entry has no https URL, or something that is not understood: someone has to mend it. */
    record Unusable(String why) implements Entry {}

    record Unavailable(String why) implements Entry {}

    /** Nothing if the entry cannot be read or used now; then nothing is delivered either. */
    default Optional<AgentSettings> usable() {
      return this instanceof Known(_, var settings) ? Optional.of(settings) : Optional.empty();
    }
  }

  private final SsmClient client;
  private final String prefix;
  private final LoadingCache<AgentName, Entry> entries;

  AgentDirectory(SsmClient client, String prefix, Clock clock) {
    this.client = client;
    this.prefix = prefix;
    this.entries = StaleOnErrorCache.to(this::load, clock);
  }

  public static AgentDirectory from(Platform platform, String prefix) {
    return new AgentDirectory(platform.aws().create(SsmClient.builder()), prefix, platform.clock());
  }

  Entry find(AgentName agent) {
    try {
      return entries.get(agent);
    } catch (ParameterNotFoundException e) {
      return new Entry.Unknown();
    } catch (SdkException e) {
      return new Entry.Unavailable("Parameter Store: " + e.getClass().getSimpleName());
    }
  }

  /**
   * Every agent whose entry can be used, read now; failures of Parameter Store are thrown as the
   * SDK throws them.
   */
  public Map<AgentName, AgentSettings> findAll() {
    Map<AgentName, AgentSettings> all = new TreeMap<>(Comparator.comparing(AgentName::value));
    for (Parameter parameter :
        client
            .getParametersByPathPaginator(request -> request.path(prefix.replaceFirst("/$", "")))
            .stream()
            .flatMap(page -> page.parameters().stream())
            .toList()) {
      String name = parameter.name().substring(prefix.length());
      if (AgentName.isValid(name)
          && read(name, parameter.value()) instanceof Entry.Known(_, var settings)) {
        all.put(new AgentName(name), settings);
      }
    }
    return all;
  }

  private Entry load(AgentName agent) {
    return read(
        agent.value(),
        client.getParameter(request -> request.name(prefix + agent)).parameter().value());
  }

  private static Entry read(String agent, String value) {
    try {
      JsonNode entry = JSON.readTree(value);
      AgentSettings settings =
          AgentSettings.read(entry, SignatureSchemes.ALL.names(), Dialect.ALL.names());
      return endpoint(entry)
          .<Entry>map(endpoint -> new Entry.Known(endpoint, settings))
          .orElseGet(
              () ->
                  new Entry.Unusable(
                      "the endpoint of "
                          + agent
                          + " must be an https URL with a host and without user information"));
    } catch (JsonProcessingException e) {
      return new Entry.Unusable(
          "the directory's entry for " + agent + " must be one JSON object that has each key once");
    } catch (IllegalArgumentException e) {
      return new Entry.Unusable("the directory's entry for " + agent + ": " + e.getMessage());
    }
  }

  /**
   * A hosted agent's URL is the API's own; an external one's is looked at for each attempt (ADR 9).
   */
  private static Optional<URI> endpoint(JsonNode entry) {
    try {
      return Optional.ofNullable(entry.path("endpoint").textValue())
          .map(URI::create)
          .filter(
              url ->
                  "https".equals(url.getScheme())
                      && url.getHost() != null
                      && url.getUserInfo() == null);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
