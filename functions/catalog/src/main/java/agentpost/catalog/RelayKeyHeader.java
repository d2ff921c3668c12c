package agentpost.catalog;

/** How EventBridge's connection shows the relay's key: the CDK app and the rotation name it. */
public final class RelayKeyHeader {
  public static final String NAME = "X-Agentpost-Relay-Key";

  private RelayKeyHeader() {}
}
