package agentpost.ingest;

import agentpost.catalog.AgentName;
import agentpost.platform.Platform;
import agentpost.platform.StaleOnErrorCache;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterNotFoundException;

/**
 * What the catalog says of sources: Parameter Store's {@code /agentpost/sources/<source>}, for a
 * function's environment takes 4 KB and that is a handful of them. Asked again after a minute;
 * while Parameter Store cannot be reached, the last answer serves for ten minutes more. Names that
 * are no source's are known without asking, so that strangers cannot make it ask.
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

  private final SsmClient client;
  private final String prefix;
  private final Set<String> names;
  private final SourceParser sources;
  private final LoadingCache<String, Entry> entries;

  SourceDirectory(
      SsmClient client, String prefix, Set<String> names, SourceParser sources, Clock clock) {
    this.client = client;
    this.prefix = prefix;
    this.names = Set.copyOf(names);
    this.sources = sources;
    this.entries = StaleOnErrorCache.to(this::load, clock);
  }

  static SourceDirectory from(
      Platform platform, String prefix, Set<String> names, SourceParser sources) {
    return new SourceDirectory(
        platform.aws().create(SsmClient.builder()), prefix, names, sources, platform.clock());
  }

  Entry find(String name) {
    if (!names.contains(name)) {
      return new Entry.Unknown();
    }
    try {
      return entries.get(name);
    } catch (ParameterNotFoundException e) {
      return new Entry.Unusable("there is no parameter " + prefix + name);
    } catch (SdkException e) {
      return new Entry.Unavailable("Parameter Store: " + e.getClass().getSimpleName());
    }
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

  private Entry load(String name) {
    String value = client.getParameter(request -> request.name(prefix + name)).parameter().value();
    try {
      return new Entry.Known(sources.read(new AgentName(name), value));
    } catch (IllegalArgumentException e) {
      return new Entry.Unusable(String.valueOf(e.getMessage()));
    }
  }
}
