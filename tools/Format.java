import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Has google-java-format write every Java source of the project, or refuses those that it would
 * change: {@code java Format.java write|check FOLDER PASSED}, where PASSED is a file of the digests
 * of sources that need no second look. The formatter's own command takes files and no folders; its
 * Maven plugins run it in Maven's JVM, where it cannot read the Java of a newer one.
 */
final class Format {
  private static final String MENDED_BY = "mvn -q -N -Pformat process-sources";
  private static final Set<String> NOT_SOURCES = Set.of("target", "node_modules", "cdk.out");

  private Format() {}

  public static void main(String[] arguments) throws IOException {
    boolean isWriting =
        switch (arguments[0]) {
          case "write" -> true;
          case "check" -> false;
          default -> throw new IllegalArgumentException("write or check, not " + arguments[0]);
        };
    Path root = Path.of(arguments[1]);
    Path passed = Path.of(arguments[2]);
    Set<String> before = Files.exists(passed) ? Set.copyOf(Files.readAllLines(passed)) : Set.of();
    Set<String> now = new ConcurrentSkipListSet<>();
    List<String> findings =
        sources(root).parallelStream()
            .flatMap(file -> finding(root, file, isWriting, before, now).stream())
            .toList();
    Files.write(passed, now);
    if (!findings.isEmpty()) {
      System.err.println("These are not as google-java-format has them:");
      findings.forEach(finding -> System.err.println("  " + finding));
      System.err.println("Mended by: " + MENDED_BY);
      System.exit(1);
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    List<Path> sources = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean isSkipped =
                !folder.equals(root) && (name.startsWith(".") || NOT_SOURCES.contains(name));
            return isSkipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              sources.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return sources;
  }

  private static Optional<String> finding(
      Path root, Path file, boolean isWriting, Set<String> before, Set<String> now) {
    try {
      String source = Files.readString(file);
      String formatted =
          before.contains(digest(source))
              ? source
              : new Formatter().formatSourceAndFixImports(source);
      boolean isChanged = !formatted.equals(source);
      if (isChanged && !isWriting) {
        return Optional.of(root.relativize(file).toString());
      }
      if (isChanged) {
        Files.writeString(file, formatted);
      } else {
        now.add(digest(source));
      }
      return Optional.empty();
    } catch (FormatterException e) {
      return Optional.of(root.relativize(file) + ": " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(String source) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(source.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
