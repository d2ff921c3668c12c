package agentpost.infra;

/** What the nested stacks stand on, agents' and operations' alike. */
record StackContext(
    Names names,
    Bus bus,
    Tables tables,
    Api api,
    SecretFactory vault,
    String zip,
    OutboundAccess outward) {}
