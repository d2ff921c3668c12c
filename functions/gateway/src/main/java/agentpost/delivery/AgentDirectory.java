package agentpost.delivery;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.directory.CachedDirectory;
import agentpost.directory.DirectoryUnavailableException;
import agentpost.platform.Platform;
import agentpost.secrets.SignatureSchemes;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Clock;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Where agents live, and what {@link AgentSettings} has of them. */
public final class AgentDirectory {
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

  private final CachedDirectory<Entry> entries;

  AgentDirectory(CachedDirectory<Entry> entries) {
    this.entries = entries;
  }

  /** Of tests: what is due is read in the call that finds it so. */
  AgentDirectory(SecretsManagerClient client, String secretId, Clock clock) {
    this(
        new CachedDirectory<>(
            client, secretId, AgentDirectory::read, clock, Runnable::run, _ -> {}));
  }

  /**
   * @param secretId the directory's
   */
  public static AgentDirectory from(Platform platform, String secretId) {
    return new AgentDirectory(CachedDirectory.from(platform, secretId, AgentDirectory::read));
  }

  Entry find(AgentName agent) {
    return switch (entries.find(agent.value())) {
      case CachedDirectory.Lookup.Found(var entry) -> entry;
      case CachedDirectory.Lookup.Missing<Entry> _ -> new Entry.Unknown();
      case CachedDirectory.Lookup.Unavailable<Entry>(var why) -> new Entry.Unavailable(why);
    };
  }

  /** The agent's own bound; nothing if it has none, or its entry cannot be read. */
  public OptionalInt inFlight(AgentName agent) {
    return find(agent).usable().map(AgentSettings::inFlight).orElseGet(OptionalInt::empty);
  }

  /** One of our own agents, and where it lives. */
  record Hosted(AgentName agent, Entry.Known entry) {}

  /** The first by name; nothing if there is none, or if the directory cannot be read now. */
  Optional<Hosted> findHosted() {
    try {
      return findAll().keySet().stream()
          .flatMap(
              agent ->
                  find(agent) instanceof Entry.Known known && known.settings().external().isEmpty()
                      ? Stream.of(new Hosted(agent, known))
                      : Stream.empty())
          .findFirst();
    } catch (DirectoryUnavailableException e) {
      return Optional.empty();
    }
  }

  /**
   * Every agent whose entry can be used.
   *
   * @throws agentpost.directory.DirectoryUnavailableException if the directory was never read
   */
  public Map<AgentName, AgentSettings> findAll() {
    Map<AgentName, AgentSettings> all = new TreeMap<>(Comparator.comparing(AgentName::value));
    entries
        .findAll()
        .forEach(
            (name, entry) -> {
              if (AgentName.isValid(name)) {
                entry.usable().ifPresent(settings -> all.put(new AgentName(name), settings));
              }
            });
    return all;
  }

  private static Entry read(String agent, JsonNode entry) {
    try {
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
