package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.LocalCloud;
import agentpost.local.wire.AwsResponse;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Answers in agents' place, for whoever wants to see what happens then. */
final class AgentFaults {
  /** Longer than the relay waits. */
  private static final Duration SLOW = Duration.ofSeconds(6);

  enum Fault {
    DOWN("down: answers 503", 503),
    SLOW("slow: answers after 6 s", 200),
    REFUSING("refuses: answers 422", 422);

    private final String label;
    private final int status;

    Fault(String label, int status) {
      this.label = label;
      this.status = status;
    }

    String label() {
      return label;
    }
  }

  private final LocalCloud cloud;
  private final Map<String, Fault> faults = new ConcurrentHashMap<>();
  private final Set<String> installed = ConcurrentHashMap.newKeySet();

  AgentFaults(LocalCloud cloud) {
    this.cloud = cloud;
  }

  Optional<Fault> of(String agent) {
    return Optional.ofNullable(faults.get(agent));
  }

  /**
   * @param url of an external agent; a hosted one's door is the API's
   */
  void begin(String agent, Optional<URI> url, Fault fault) {
    faults.put(agent, fault);
    if (installed.add(agent)) {
      if (url.isPresent()) {
        cloud.standIn(url.get(), _ -> answer(agent));
      } else {
        cloud.standIn("/webhooks/" + agent, _ -> answer(agent));
      }
    }
  }

  void end(String agent) {
    faults.remove(agent);
  }

  private Optional<AwsResponse> answer(String agent) throws InterruptedException {
    Optional<Fault> fault = of(agent);
    if (fault.filter(Fault.SLOW::equals).isPresent()) {
      Thread.sleep(SLOW);
      return Optional.empty();
    }
    return fault.map(
        one ->
            new AwsResponse(
                one.status,
                Map.of("Content-Type", "application/problem+json"),
                ("{\"type\":\"urn:agentpost:problem:console\",\"status\":"
                        + one.status
                        + ",\"title\":\"The console has this agent answer so\"}")
                    .getBytes(UTF_8)));
  }
}
