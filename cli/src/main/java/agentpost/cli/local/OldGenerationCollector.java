package agentpost.cli.local;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import javax.management.NotificationEmitter;

/**
 * Has the serial collector look at its old generation when that has grown by a bit since the last
 * time. By itself it takes all the memory that it may before it looks, and a local cloud of 60 MB
 * would be one of 600 for the sake of the rare request that needs so much.
 */
final class OldGenerationCollector {
  private static final String OLD_GENERATION = "Tenured Gen";
  private static final long GROWTH_BYTES = 40L << 20;

  private OldGenerationCollector() {}

  /**
   * From now on, for the whole JVM, so for a program's own process only. With another collector it
   * does nothing.
   */
  static void start() {
    ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals(OLD_GENERATION))
        .findFirst()
        .ifPresent(OldGenerationCollector::watch);
  }

  private static void watch(MemoryPoolMXBean old) {
    armThreshold(old);
    ((NotificationEmitter) ManagementFactory.getMemoryMXBean())
        .addNotificationListener(
            (notification, _) -> {
              if (notification.getType().equals(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED)) {
                System.gc();
                armThreshold(old);
              }
            },
            null,
            null);
  }

  private static void armThreshold(MemoryPoolMXBean old) {
    old.setUsageThreshold(
        Math.min(old.getUsage().getUsed() + GROWTH_BYTES, old.getUsage().getMax()));
  }
}
