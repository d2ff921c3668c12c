package agentpost.local.isolated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lambda's own line about an invocation ("Understanding Lambda logs" in its developer guide).
 *
 * @param init how long the process took to be ready, if this is its first invocation
 * @param memory megabytes it may have
 * @param used the most megabytes it has had
 * @param status other than success
 */
record InvocationReport(
    String requestId,
    Duration duration,
    Optional<Duration> init,
    int memory,
    OptionalLong used,
    Optional<String> status) {
  private static final Pattern PEAK = Pattern.compile("(?m)^VmHWM:\\s+(\\d+) kB");

  @Override
  public String toString() {
    StringBuilder line =
        new StringBuilder(
            "REPORT RequestId: " + requestId + "\tDuration: " + millis(duration) + " ms");
    // Init is billed since August 2025.
    double billed = (duration.toNanos() + init.orElse(Duration.ZERO).toNanos()) / 1e6;
    line.append("\tBilled Duration: ")
        .append((long) Math.ceil(billed))
        .append(" ms\tMemory Size: ")
        .append(memory)
        .append(" MB");
    used.ifPresent(megabytes -> line.append("\tMax Memory Used: ").append(megabytes).append(" MB"));
    init.ifPresent(took -> line.append("\tInit Duration: ").append(millis(took)).append(" ms"));
    status.ifPresent(text -> line.append("\tStatus: ").append(text));
    return line.toString();
  }

  private static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.2f", duration.toNanos() / 1e6);
  }

  /** What Linux counts for a process, in megabytes; nothing for one that has ended. */
  static OptionalLong peak(long pid) {
    try {
      Matcher peak = PEAK.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
      return peak.find()
          ? OptionalLong.of(Long.parseLong(peak.group(1)) / 1024)
          : OptionalLong.empty();
    } catch (IOException | UncheckedIOException e) {
      return OptionalLong.empty();
    }
  }
}
