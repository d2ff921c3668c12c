package agentpost.infra;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What the functions' class path is at Lambda, for as long as their extensions' names are asked
 * for: the zip, and the jars of its lib folder, which are copied since a jar within a zip cannot be
 * opened.
 */
final class FunctionsClassLoader extends URLClassLoader {
  private final List<Path> copies;

  private FunctionsClassLoader(List<URL> urls, List<Path> copies) {
    super(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    this.copies = copies;
  }

  /**
   * @param classes a folder with what a running local cloud has compiled since; empty if nothing
   */
  static FunctionsClassLoader of(Path zip, String classes) throws IOException {
    List<URL> urls = new ArrayList<>();
    List<Path> copies = new ArrayList<>();
    if (!classes.isEmpty()) {
      urls.add(Path.of(classes).toUri().toURL());
    }
    urls.add(zip.toUri().toURL());
    try (ZipFile file = new ZipFile(zip.toFile())) {
      for (ZipEntry entry : file.stream().filter(FunctionsClassLoader::isLibrary).toList()) {
        Path copy = Files.createTempFile("functions", ".jar");
        copies.add(copy);
        try (InputStream in = file.getInputStream(entry)) {
          Files.write(copy, in.readAllBytes());
        }
        urls.add(copy.toUri().toURL());
      }
    }
    return new FunctionsClassLoader(urls, copies);
  }

  private static boolean isLibrary(ZipEntry entry) {
    return entry.getName().startsWith("lib/") && entry.getName().endsWith(".jar");
  }

  @Override
  public void close() throws IOException {
    super.close();
    for (Path copy : copies) {
      Files.delete(copy);
    }
  }
}
