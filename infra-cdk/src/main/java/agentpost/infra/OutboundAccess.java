package agentpost.infra;

import static agentpost.catalog.EnvironmentVariables.ALLOWED_ADDRESSES;
import static agentpost.catalog.EnvironmentVariables.CALLBACK_ALLOWED_PORTS;

import agentpost.infra.catalog.Catalog.NetworkPolicy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** How functions that call others do it: what they may reach, and from where they come. */
record OutboundAccess(NetworkPolicy doors, Optional<StaticEgressVpc> egress) {
  /** What the address guard is told. */
  Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put(
        CALLBACK_ALLOWED_PORTS,
        doors.ports().stream().map(String::valueOf).collect(Collectors.joining(",")));
    if (!doors.allow().isEmpty()) {
      environment.put(ALLOWED_ADDRESSES, String.join(",", doors.allow()));
    }
    return environment;
  }

  void of(JavaFunction function) {
    egress.ifPresent(function::goOutBy);
  }
}
