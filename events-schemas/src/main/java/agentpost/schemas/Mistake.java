package agentpost.schemas;

import java.nio.file.Path;

/**
 * One thing that is wrong with the sources of the schemas, as one line.
 *
 * @param pointer JSON Pointer (RFC 6901) into the file; empty for all of it
 * @param problem what is wrong and what would be right, going on from the place
 */
public record Mistake(Path file, String pointer, String problem) {
  @Override
  public String toString() {
    return file + ": " + (pointer.isEmpty() ? "" : pointer + ": ") + problem;
  }
}
