package agentpost.local.lambda;

import agentpost.platform.Platform;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Classes of one build of the functions, in the place of those that this process began with;
 * libraries are the process's own. What functions share with the local cloud, {@code
 * agentpost.platform}, comes from there: a {@link Platform} is handed over.
 */
final class BuildClassLoader extends ClassLoader {
  static final String SHARED = Platform.class.getPackageName() + ".";

  static {
    registerAsParallelCapable();
  }

  /**
   * Where the process has what the build replaces: what the build no longer has is not to come from
   * there. The local cloud knows no class of the agents, so places go by the modules' names.
   */
  private static final Pattern REPLACED =
      Pattern.compile(
          "/(functions/[a-z]+|events-schemas)/target/classes/"
              + "|agentpost-(events-schemas|signing|catalog|runtime|gateway|agents)-[^/!]+\\.jar");

  /** Whether a jar is of the modules that every build brings along. */
  static boolean isReplaced(Path jar) {
    return REPLACED.matcher(jar.getFileName().toString()).matches();
  }

  private final Map<String, byte[]> files;

  BuildClassLoader(Map<String, byte[]> files, ClassLoader parent) {
    super("build", parent);
    this.files = files;
  }

  private static Optional<String> place(Class<?> type) {
    return Optional.ofNullable(type.getProtectionDomain().getCodeSource())
        .map(CodeSource::getLocation)
        .map(URL::toString);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findOrDelegate(name);
    }
  }

  private Class<?> findOrDelegate(String name) throws ClassNotFoundException {
    byte[] bytes = name.startsWith(SHARED) ? null : files.get(name.replace('.', '/') + ".class");
    if (bytes != null) {
      return defineClass(name, bytes, 0, bytes.length);
    }
    Class<?> other = Objects.requireNonNull(getParent()).loadClass(name);
    if (!name.startsWith(SHARED) && place(other).filter(REPLACED.asPredicate()).isPresent()) {
      throw new ClassNotFoundException(name + " is not in the last build");
    }
    return other;
  }

  @Override
  public @Nullable URL getResource(String name) {
    byte[] bytes = files.get(name);
    if (bytes != null) {
      try {
        return URL.of(URI.create("build:/" + name), new InMemory(bytes));
      } catch (MalformedURLException e) {
        throw new IllegalArgumentException(name + " is not a resource name", e);
      }
    }
    URL other = super.getResource(name);
    return other == null || REPLACED.matcher(other.toString()).find() ? null : other;
  }

  /** The build's own first, as a class path has it that the build leads. */
  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> all = new ArrayList<>();
    if (files.containsKey(name)) {
      all.add(Objects.requireNonNull(getResource(name)));
    }
    for (URL other : Collections.list(super.getResources(name))) {
      if (!REPLACED.matcher(other.toString()).find()) {
        all.add(other);
      }
    }
    return Collections.enumeration(all);
  }

  @Override
  public @Nullable InputStream getResourceAsStream(String name) {
    byte[] bytes = files.get(name);
    if (bytes != null) {
      return new ByteArrayInputStream(bytes);
    }
    URL other = getResource(name);
    try {
      return other == null ? null : other.openStream();
    } catch (IOException e) {
      return null;
    }
  }

  /** The bytes of one resource. */
  private static final class InMemory extends URLStreamHandler {
    private final byte[] bytes;

    InMemory(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    protected URLConnection openConnection(URL url) {
      return new URLConnection(url) {
        @Override
        public void connect() {
          // There is nothing to connect to.
        }

        @Override
        public InputStream getInputStream() {
          return new ByteArrayInputStream(bytes);
        }
      };
    }
  }
}
