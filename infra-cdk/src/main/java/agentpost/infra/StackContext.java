package agentpost.infra;

import agentpost.catalog.ResourceNames;

/** What the nested stacks stand on, agents' and operations' alike. */
record StackContext(
    ResourceNames names,
    Bus bus,
    Tables tables,
    Api api,
    SecretFactory vault,
    String zip,
    OutboundAccess outward) {}
