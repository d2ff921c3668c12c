package agentpost.catalog;

/**
 * What the relay gives for its address to an agent whose function it invokes. No caller of the API
 * has this one, and whoever may invoke the function could say any.
 */
public final class RelayAddress {
  public static final String VALUE = "127.0.0.1";

  /** As {@link EnvironmentVariables#ALLOWED_SOURCES} has it. */
  public static final String RANGE = VALUE + "/32";

  private RelayAddress() {}
}
