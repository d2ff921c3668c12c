package agentpost.cli.replay;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.AgentNameConverter;
import agentpost.cli.cloud.DeclaredAgent;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.Confirmation;
import agentpost.cli.terminal.InterruptHook;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.Progress;
import agentpost.event.EventId;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ArchiveState;
import software.amazon.awssdk.services.eventbridge.model.DescribeArchiveResponse;
import software.amazon.awssdk.services.eventbridge.model.DescribeRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.LimitExceededException;
import software.amazon.awssdk.services.eventbridge.model.ReplayDestination;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;
import software.amazon.awssdk.services.eventbridge.model.RuleState;

/** {@code agentpost replay}: what happened once more, from the bus's archive. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Delivers archived events again, to one agent or to all. Hosted agents ignore events they"
            + " have acted on.",
    footer = {
      "",
      "Exit code 0: everything was replayed; 1: the replay failed or was cancelled.",
      "",
      "Example:",
      "  ./agentpost replay --last 7d --agent crm-sync"
    })
public final class ReplayCommand implements Callable<Integer> {
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** The user guide advises so much between an event and its replay. */
  private static final Duration ARCHIVE_DELAY = Duration.ofMinutes(10);

  /** A rule that was just made "might not immediately" match (PutRule); no figure is given. */
  private static final Duration RULE_PROPAGATION_TIMEOUT = Duration.ofSeconds(60);

  private final Confirmation confirmation;
  @Spec private CommandSpec spec;
  @Mixin private final ReplayOptions place = new ReplayOptions();
  @Mixin private final ReplayTime time = new ReplayTime();

  @Option(
      names = "--agent",
      paramLabel = "AGENT",
      converter = AgentNameConverter.class,
      description = "Only to this agent (default: to every rule of the bus).")
  private @Nullable AgentName agent;

  @Option(
      names = "--event-type",
      paramLabel = "TYPE",
      description = "Only this event type; repeatable. Needs --agent.")
  private Set<String> types = Set.of();

  @Option(
      names = "--force",
      description =
          "Makes the agent act on these events again, even if it has acted on them. Asks first."
              + " Needs --agent.")
  private boolean force;

  @Option(names = "--yes", description = "Does not ask for confirmation.")
  private boolean yes;

  public ReplayCommand(InputStream in) {
    this.confirmation = new Confirmation(in);
  }

  @Override
  public Integer call() {
    if (agent == null && (force || !types.isEmpty())) {
      throw new ParameterException(
          spec.commandLine(), (force ? "--force" : "--event-type") + " needs --agent");
    }
    Instant now = place.now();
    ReplayTime.Span span = time.span(now);
    return place.withClient(EventBridgeClient.builder(), client -> replay(client, span, now));
  }

  private int replay(EventBridgeClient client, ReplayTime.Span span, Instant now) {
    PrintWriter out = spec.commandLine().getOut();
    DescribeArchiveResponse archive = archive(client, span, now);
    String name =
        place.replays()
            + SECOND.format(now)
            + "-"
            + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt()).substring(4);
    if (agent == null) {
      return watch(client, archive, span, name, List.of());
    }
    DescribeRuleResponse own = rule(client, agent);
    if (force
        && Optional.ofNullable(DeclaredAgent.findAll(place).get(agent.value()))
            .filter(DeclaredAgent::isExternal)
            .isPresent()) {
      throw new CommandFailure(
          agent
              + " is external and keeps its own record of what it has acted on, which --force"
              + " cannot change. Without --force it gets the same webhook-ids again; only its owner"
              + " can make it act on them again");
    }
    if (force && !confirmForgetting(agent, span)) {
      PlainWriter.say(out, "nothing replayed");
      return 1;
    }
    if (types.isEmpty()) {
      return watch(client, archive, span, name, List.of(own.arn()));
    }
    ReplayRule.sweep(client, place.bus(), place.replays());
    try (ReplayRule rule = ReplayRule.make(client, place.bus(), own, types, name)) {
      return watch(client, archive, span, name, rule);
    }
  }

  private DescribeArchiveResponse archive(
      EventBridgeClient client, ReplayTime.Span span, Instant now) {
    PrintWriter out = spec.commandLine().getOut();
    DescribeArchiveResponse archive;
    try {
      archive = client.describeArchive(describe -> describe.archiveName(place.archive()));
    } catch (ResourceNotFoundException e) {
      throw place.missingResource("archive " + place.archive());
    }
    if (archive.state() != ArchiveState.ENABLED) {
      throw new CommandFailure(
          "the archive "
              + place.archive()
              + " is "
              + archive.stateAsString()
              + ", so nothing can be replayed from it now");
    }
    if (archive.retentionDays() > 0
        && span.from()
            .isBefore(
                now.minus(Duration.ofDays(archive.retentionDays()))
                    .truncatedTo(ChronoUnit.SECONDS))) {
      PlainWriter.say(
          out,
          "note: the archive keeps events for "
              + archive.retentionDays()
              + " days; older ones are gone");
    }
    if (place.isAws() && span.to().isAfter(now.minus(ARCHIVE_DELAY))) {
      PlainWriter.say(out, "note: events of the last ten minutes may not be in the archive yet");
    }
    return archive;
  }

  private DescribeRuleResponse rule(EventBridgeClient client, AgentName name) {
    try {
      DescribeRuleResponse rule =
          client.describeRule(
              describe -> describe.name(place.rule(name)).eventBusName(place.bus()));
      if (rule.state() == RuleState.DISABLED) {
        throw new CommandFailure(
            "the rule "
                + rule.name()
                + " is disabled, so "
                + name
                + " would get nothing; next: "
                + place.nextOfAws(
                    "events enable-rule --event-bus-name "
                        + place.bus()
                        + " --name "
                        + rule.name()));
      }
      return rule;
    } catch (ResourceNotFoundException e) {
      DeclaredAgent.require(place, name);
      throw new CommandFailure("the bus " + place.bus() + " has no rule " + place.rule(name));
    }
  }

  /** False if the person does not want it. */
  private boolean confirmForgetting(AgentName name, ReplayTime.Span span) {
    PrintWriter out = spec.commandLine().getOut();
    return place.claims(
        name,
        claims -> {
          List<EventId> handled = claims.findHandled(span.from(), span.to(), types);
          PlainWriter.say(
              out,
              name
                  + " has acted on "
                  + handled.size()
                  + " of these events. It will forget that, and act on each of them once more: it"
                  + " sends its mail again, calls others again, and publishes its answers again."
                  + " Those have the same event_id as before, so hosted agents that acted on them"
                  + " do not act again; external agents hear them again.");
          if (!yes && !confirmation.ask(out, "Go on?")) {
            return false;
          }
          long forgotten = handled.stream().filter(claims::forget).count();
          out.println(forgotten + " forgotten");
          return true;
        });
  }

  private int watch(
      EventBridgeClient client,
      DescribeArchiveResponse archive,
      ReplayTime.Span span,
      String name,
      List<String> rules) {
    start(client, archive, span, name, rules);
    PlainWriter.say(
        spec.commandLine().getOut(),
        "Ctrl-C stops watching; the replay continues until its end, or: "
            + place.nextOfAws("events cancel-replay --replay-name " + name));
    spec.commandLine().getOut().flush();
    ReplayProgress watch = watch(client, span, name);
    return watch.printEnd(watch.untilOver(), whom());
  }

  private int watch(
      EventBridgeClient client,
      DescribeArchiveResponse archive,
      ReplayTime.Span span,
      String name,
      ReplayRule rule) {
    PrintWriter out = spec.commandLine().getOut();
    ReplayProgress watch = watch(client, span, name);
    try (InterruptHook _ = watch.cancelAtInterrupt(rule)) {
      if (place.isAws()) {
        PlainWriter.say(
            out,
            "waiting "
                + RULE_PROPAGATION_TIMEOUT.toSeconds()
                + " s, until the rule for these event types is in effect");
        out.flush();
        pause(RULE_PROPAGATION_TIMEOUT);
      }
      start(client, archive, span, name, List.of(rule.arn()));
      PlainWriter.say(out, "Ctrl-C cancels it");
      out.flush();
      return watch.printEnd(watch.untilOver(), whom());
    }
  }

  private ReplayProgress watch(EventBridgeClient client, ReplayTime.Span span, String name) {
    return new ReplayProgress(
        client,
        name,
        span,
        place.isAws() ? Duration.ofSeconds(3) : Duration.ofMillis(300),
        place.nextCommand("dlq list"),
        Progress.of(spec.commandLine().getOut()));
  }

  private String whom() {
    return agent == null ? "every agent that subscribed" : agent.value();
  }

  private void start(
      EventBridgeClient client,
      DescribeArchiveResponse archive,
      ReplayTime.Span span,
      String name,
      List<String> rules) {
    ReplayDestination.Builder everywhere =
        ReplayDestination.builder().arn(archive.eventSourceArn());
    try {
      client.startReplay(
          start ->
              start
                  .replayName(name)
                  .eventSourceArn(archive.archiveArn())
                  .eventStartTime(span.from())
                  .eventEndTime(span.to())
                  .destination(
                      rules.isEmpty() ? everywhere.build() : everywhere.filterArns(rules).build()));
    } catch (LimitExceededException e) {
      throw new CommandFailure(
          "AWS runs ten replays of an account in a region at a time, and ten are running; see "
              + place.nextOfAws("events list-replays --state RUNNING")
              + repeatHint());
    }
    PrintWriter out = spec.commandLine().getOut();
    PlainWriter.say(
        out,
        "replaying events from "
            + span.from()
            + " and before "
            + span.to()
            + " to "
            + whom()
            + ", as "
            + name);
    out.flush();
  }

  private String repeatHint() {
    return force ? ". The agent has forgotten the events already; run this again with --force" : "";
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted; nothing is replayed");
    }
  }
}
