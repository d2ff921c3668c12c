package agentpost.cli.secrets;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.AgentNameConverter;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.InterruptHook;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.Table;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost secrets rotate}. */
@Command(
    name = "rotate",
    mixinStandardHelpOptions = true,
    description =
        "Gives an agent, or the relay and EventBridge's connection, a new secret. The old one stays"
            + " valid until the overlap ends. Prints that time, not the secret.",
    footer = {
      "",
      "Example:",
      "  ./agentpost secrets rotate crm-sync",
      "  ./agentpost secrets rotate --relay"
    })
final class SecretsRotateCommand implements Callable<Integer> {
  private static final int TIMEOUT_SECONDS = 90;
  private static final int POLL_INTERVAL_MILLIS = 500;

  @Spec private CommandSpec spec;
  @Mixin private final SecretTargetOptions place = new SecretTargetOptions();

  @ArgGroup(multiplicity = "1")
  private Target target = new Target();

  /** Whose secret. */
  private static final class Target {
    @Parameters(
        paramLabel = "AGENT",
        converter = AgentNameConverter.class,
        description = "The agent's name.")
    private @Nullable AgentName name;

    @Option(
        names = "--relay",
        description = "The relay's key, which EventBridge's connection copies.")
    private boolean relay;
  }

  @Option(
      names = "--no-overlap",
      description =
          "For a leaked secret: the old one stays valid for only two minutes, while functions may"
              + " cache it; any older one ends at once.")
  private boolean withoutOverlap;

  @Override
  public Integer call() {
    if (!target.relay) {
      rotate(place.of(Objects.requireNonNull(target.name, "one of the two is given")));
      return 0;
    }
    if (place.isProcessor()) {
      throw new ParameterException(
          spec.commandLine(), "--processor is about a name, and --relay has none");
    }
    try (InterruptHook _ =
        InterruptHook.saying(
            spec.commandLine().getOut(),
            () -> "; no delivery is refused for it; the same command goes on from there")) {
      new RelayKeyRotation(place, this::say).run(withoutOverlap);
    }
    return 0;
  }

  private void rotate(SecretTarget place) {
    place.secrets(client -> client.describeSecret(describe -> describe.secretId(place.id())));
    JsonNode before = place.step("overview");
    String running = before.path("overlap").asText();
    if (!running.isEmpty() && !withoutOverlap) {
      throw new CommandFailure(
          "the overlap of the last rotation lasts until "
              + running
              + ", and a rotation now would lock out holders of the previous secret; --no-overlap"
              + " does that");
    }
    if (before.path("rotation").asText().equals("scheduled") && !withoutOverlap) {
      rotateNow(place);
    } else {
      (withoutOverlap ? place.rotateLeaked() : place.step("rotate"))
          .properties()
          .forEach(step -> say(step.getKey(), step.getValue().asText()));
    }
    JsonNode after = place.step("overview");
    String overlap = after.path("overlap").asText();
    say(
        "overlap",
        overlap.isEmpty()
            ? "none: only one secret is valid"
            : "both secrets sign and are accepted until " + overlap);
    say("next", nextSteps(place, after.path("public_key").asText()));
  }

  private void say(String label, String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(Table.of(PlainWriter.display(out), 12, 20).row(label, text));
    out.flush();
  }

  private static String nextSteps(SecretTarget place, String publicKey) {
    return publicKey.isEmpty()
        ? place.nextOfSecret("show", " --once") + " prints the new secret, once, for its owner"
        : "receivers that read the key set have the new public key already; for others it is "
            + publicKey;
  }

  /**
   * By Secrets Manager, which counts the days to the next rotation from this one. Its steps show by
   * the labels of the new version.
   */
  private void rotateNow(SecretTarget place) {
    String version =
        place.secrets(
            client -> client.rotateSecret(rotate -> rotate.secretId(place.id())).versionId());
    say("begun", "version " + version);
    try (InterruptHook _ =
        InterruptHook.saying(
            spec.commandLine().getOut(),
            () -> "; the rotation continues by itself, see " + place.nextOfSecret("show", ""))) {
      awaitRotated(place, version);
    }
  }

  private void awaitRotated(SecretTarget place, String version) {
    String seen = "";
    for (long end = System.nanoTime() + TIMEOUT_SECONDS * 1_000_000_000L;
        System.nanoTime() < end;
        pause()) {
      List<String> labels =
          place.secrets(
              client ->
                  client
                      .describeSecret(describe -> describe.secretId(place.id()))
                      .versionIdsToStages()
                      .getOrDefault(version, List.of()));
      if (!labels.toString().equals(seen)) {
        seen = labels.toString();
        say(
            labels.contains("AWSCURRENT") ? "finished" : "under way",
            "version " + version + " is " + String.join(", ", labels));
      }
      if (labels.contains("AWSCURRENT")) {
        return;
      }
    }
    throw new CommandFailure(
        "the rotation has not ended after "
            + TIMEOUT_SECONDS
            + " s; the rotation function's log says why, and Secrets Manager tries again. The"
            + " previous secret stays valid");
  }

  static void pause() {
    try {
      Thread.sleep(POLL_INTERVAL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted; the rotation continues by itself");
    }
  }
}
