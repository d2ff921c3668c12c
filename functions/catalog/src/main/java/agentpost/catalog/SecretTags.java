package agentpost.catalog;

/** What a secret's tags tell the functions that rotate and show it. */
public final class SecretTags {
  /** Seconds that the previous secret counts beside the current one. */
  public static final String OVERLAP = "agentpost:overlap";

  /** Name of the scheme that it signs by. */
  public static final String SIGNATURE = "agentpost:signature";

  private SecretTags() {}
}
