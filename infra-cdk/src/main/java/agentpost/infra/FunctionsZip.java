package agentpost.infra;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** What the functions are deployed from: files, and jars in {@code lib}, all on one class path. */
final class FunctionsZip {
  private FunctionsZip() {}

  /** Sees one file after the other. */
  interface Visitor {
    /**
     * @param jar that the file is in; empty if in none
     * @return whether to go on
     */
    boolean visit(String jar, String name, InputStream in) throws IOException;
  }

  /** It unpacks to some 80 MB, so a visitor should know when it has seen enough. */
  static void visit(Path zip, Visitor visitor) throws IOException {
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      visit("", in, visitor);
    }
  }

  private static boolean visit(String jar, ZipInputStream in, Visitor visitor) throws IOException {
    for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
      String name = entry.getName();
      boolean isJar = jar.isEmpty() && name.startsWith("lib/") && name.endsWith(".jar");
      if (isJar
          ? !visit(name, new ZipInputStream(keepOpen(in)), visitor)
          : !visitor.visit(jar, name, in)) {
        return false;
      }
    }
    return true;
  }

  /** The jar within ends where its entry does, and the zip goes on. */
  private static InputStream keepOpen(ZipInputStream zip) {
    return new FilterInputStream(zip) {
      @Override
      public void close() {
        // The zip's reader closes it.
      }
    };
  }
}
