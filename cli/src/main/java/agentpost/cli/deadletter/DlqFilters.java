package agentpost.cli.deadletter;

import agentpost.deadletter.LetterFilter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which letters a command is about. */
final class DlqFilters {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--reason",
      paramLabel = "CODE",
      description = "Only this ERROR_CODE; repeatable.")
  private Set<String> reasons = Set.of();

  @Option(
      names = "--event-type",
      paramLabel = "TYPE",
      description = "Only this event type; repeatable.")
  private Set<String> types = Set.of();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only those given up at or after this time, such as 2026-03-31T10:30:00Z.")
  private @Nullable String since;

  @Option(names = "--id", paramLabel = "ID", description = "Only this event_id; repeatable.")
  private Set<String> ids = Set.of();

  LetterFilter filters() {
    return new LetterFilter(reasons, types, from(), ids);
  }

  private Optional<Instant> from() {
    try {
      return Optional.ofNullable(since).map(text -> OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--since': it must be like 2026-03-31T10:30:00Z",
          e);
    }
  }

  /** As the redrive's function takes them. */
  void into(ObjectNode json) {
    LetterFilter filters = filters();
    filters.reasons().forEach(json.putArray("reasons")::add);
    filters.eventTypes().forEach(json.putArray("event_types")::add);
    filters.ids().forEach(json.putArray("ids")::add);
    filters.since().ifPresent(from -> json.put("since", from.toString()));
  }
}
