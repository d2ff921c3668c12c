package agentpost.infra;

import agentpost.catalog.ResourceNames;
import java.util.Optional;

/** What the nested stacks stand on, agents' and operations' alike. */
record StackContext(
    ResourceNames names,
    Bus bus,
    Tables tables,
    Api api,
    SecretFactory vault,
    String zip,
    OutboundAccess outward,
    Optional<CanaryDeployments> canary) {}
