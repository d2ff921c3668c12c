package agentpost.local.lambda;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A function as its template declares it.
 *
 * @param memory megabytes
 * @param reserved concurrency, if any
 * @param snapStart whether published versions start from a snapshot: their init runs what was
 *     registered for the checkpoint
 * @param code the zip that the template packs, or a directory with what would be in it
 */
public record FunctionSettings(
    String name,
    String handler,
    Map<String, String> environment,
    Duration timeout,
    int memory,
    OptionalInt reserved,
    boolean snapStart,
    Optional<Path> code) {
  /** Lambda's, where a template says nothing. */
  public static final int DEFAULT_MEMORY = 128;

  public FunctionSettings {
    environment = Map.copyOf(environment);
    if (memory < DEFAULT_MEMORY || memory > 10_240) {
      throw new IllegalArgumentException(
          "Function " + name + ": MemorySize must be from 128 to 10240, got " + memory);
    }
  }

  /** With what Lambda takes where nothing is said, for classes that are in this JVM already. */
  FunctionSettings(
      String name,
      String handler,
      Map<String, String> environment,
      Duration timeout,
      OptionalInt reserved) {
    this(name, handler, environment, timeout, DEFAULT_MEMORY, reserved, false, Optional.empty());
  }
}
