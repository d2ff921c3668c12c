package agentpost.infra;

import agentpost.catalog.RelayAddress;
import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an agent's stack uses of the stacks around it. */
record SharedResources(
    StackContext foundation,
    ScheduleGroup reminders,
    Relay relay,
    Alarms alarms,
    SecretsStack secrets,
    Optional<OperationsStack> operations,
    Optional<Catalog.Processor> processor,
    Optional<Catalog.Email> email) {
  ResourceNames names() {
    return foundation.names();
  }

  Bus bus() {
    return foundation.bus();
  }

  Tables tables() {
    return foundation.tables();
  }

  Api api() {
    return foundation.api();
  }

  /**
   * Ranges that may come in at an agent's door, the relay's addresses among them; empty if everyone
   * may.
   */
  List<String> atDoor(List<String> from) {
    if (from.isEmpty()) {
      return List.of();
    }
    List<String> all = new ArrayList<>(from);
    foundation.outward().egress().ifPresent(egress -> all.addAll(egress.ranges()));
    if (relay.hasUrl()) {
      all.add(RelayAddress.RANGE);
    }
    return all;
  }

  SecretFactory vault() {
    return foundation.vault();
  }

  String zip() {
    return foundation.zip();
  }
}
