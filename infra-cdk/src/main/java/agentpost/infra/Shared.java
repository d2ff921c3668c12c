package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import java.util.Optional;

/** What an agent's stack uses of the stacks around it. */
record Shared(
    Foundation foundation,
    Reminders reminders,
    Relay relay,
    Alarms alarms,
    SecretsStack secrets,
    Optional<OperationsStack> operations,
    Optional<Catalog.Processor> processor,
    Optional<Catalog.Email> email) {
  Names names() {
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

  Vault vault() {
    return foundation.vault();
  }

  String zip() {
    return foundation.zip();
  }
}
