package agentpost.local;

/**
 * @param port 0 for a free one
 * @param timeScale how many times faster than the wall waits, ages, schedules and rates go, from 1
 * @param jitterSeed of the waits between attempts
 */
public record LocalCloudOptions(int port, double timeScale, long jitterSeed) {}
