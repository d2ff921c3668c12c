package agentpost.local;

/**
 * @param port 0 for a free one
 * @param timeScale how many times faster than the wall waits, ages, schedules and rates go, from 1
 * @param jitterSeed of the waits between attempts
 * @param isolated whether each function runs from its zip in processes of its own, under AWS's Java runtime interface client
 */
public record LocalCloudOptions(int port, double timeScale, long jitterSeed, boolean isolated) {
  /** With functions in this JVM. */
  public LocalCloudOptions(int port, double timeScale, long jitterSeed) {
    this(port, timeScale, jitterSeed, false);
  }
}
