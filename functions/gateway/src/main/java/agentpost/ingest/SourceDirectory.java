package agentpost.ingest;

import agentpost.catalog.AgentName;
import agentpost.directory.CachedDirectory;
import agentpost.platform.Platform;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * What the catalog says of sources. Names that are no source's are known without asking, so that
 * strangers cannot make it ask.
 */
final class SourceDirectory {

  /** What came of looking a source up. */
  sealed interface Entry {
    record Known(Source source) implements Entry {}

    record Unknown() implements Entry {}

    /** The entry does not describe a source: someone has to mend it. */
    record Unusable(String why) implements Entry {}

    record Unavailable(String why) implements Entry {}
  }

  private final Set<String> names;
  private final CachedDirectory<Entry> entries;

  private SourceDirectory(Set<String> names, CachedDirectory<Entry> entries) {
    this.names = Set.copyOf(names);
    this.entries = entries;
  }

  /** Of tests: what is due is read in the call that finds it so. */
  SourceDirectory(
      SecretsManagerClient client,
      String secretId,
      Set<String> names,
      SourceParser sources,
      Clock clock) {
    this(
        names,
        new CachedDirectory<>(
            client,
            secretId,
            (name, entry) -> read(sources, name, entry),
            clock,
            Runnable::run,
            _ -> {}));
  }

  /**
   * @param secretId the directory's
   */
  static SourceDirectory from(
      Platform platform, String secretId, Set<String> names, SourceParser sources) {
    return new SourceDirectory(
        names,
        CachedDirectory.from(platform, secretId, (name, entry) -> read(sources, name, entry)));
  }

  Entry find(String name) {
    if (!names.contains(name)) {
      return new Entry.Unknown();
    }
    return switch (entries.find(name)) {
      case CachedDirectory.Lookup.Found(var entry) -> entry;
      case CachedDirectory.Lookup.Missing<Entry> _ ->
          new Entry.Unusable("the directory has no source " + name);
      case CachedDirectory.Lookup.Unavailable<Entry>(var why) -> new Entry.Unavailable(why);
    };
  }

  Set<String> names() {
    return names;
  }

  /** Any source that can be had now. */
  Optional<Source> findAny() {
    return names.stream()
        .limit(1)
        .map(this::find)
        .flatMap(
            entry -> entry instanceof Entry.Known(var source) ? Stream.of(source) : Stream.empty())
        .findFirst();
  }

  private static Entry read(SourceParser sources, String name, JsonNode entry) {
    try {
      return new Entry.Known(sources.read(new AgentName(name), entry.toString()));
    } catch (IllegalArgumentException e) {
      return new Entry.Unusable(String.valueOf(e.getMessage()));
    }
  }
}
