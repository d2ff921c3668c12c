package agentpost.local;

/**
 * @param port 0 for a free one
 * @param timeScale how many times faster than the wall waits, ages, schedules and rates go, from 1
 * @param jitterSeed of the waits between attempts
 * @param strict whether what AWS would refuse for want of a permission is refused here too: a target without the role it needs, and a queue without a policy that
 *     lets EventBridge send
 */
public record LocalCloudOptions(int port, double timeScale, long jitterSeed, boolean strict) {
  public LocalCloudOptions(int port, double timeScale, long jitterSeed) {
    this(port, timeScale, jitterSeed, false);
  }
}
