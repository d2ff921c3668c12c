package agentpost.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a build made of the functions' sources: classes and resources in memory, since a class that
 * is loaded an hour later must still be of this build. Each has a class loader of its own, which
 * goes when the last function that it was made for has gone.
 */
public final class FunctionCode {
  private static final String LIBRARIES = "lib";
  private static final String CLASS = ".class";
  private static final String SERVICES = "META-INF/services/";

  /**
   * What parts the names of types in descriptors and signatures, and in texts that name a class.
   */
  private static final Pattern NAME_SEPARATOR = Pattern.compile("[^\\p{Alnum}_$/]+");

  private final Path root;
  private final Map<String, byte[]> files;
  private final List<Path> libraries;

  /** Of class files, the others that each names; asked for by every function. */
  private final Map<String, Set<String>> named = new ConcurrentHashMap<>();

  private @Nullable ClassLoader loader;

  private FunctionCode(Path root, Map<String, byte[]> files, List<Path> libraries) {
    this.root = root;
    this.files = Collections.unmodifiableMap(files);
    this.libraries = List.copyOf(libraries);
  }

  /**
   * @param root classes and resources as on a class path, and jars in {@code lib}; those of ours
   *     among them are part of the build, as they are on Lambda
   */
  public static FunctionCode read(Path root) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    List<Path> libraries = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        if (file.startsWith(root.resolve(LIBRARIES))) {
          libraries.add(file.toRealPath());
        } else {
          files.put(root.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
        }
      }
    }
    for (Path jar : libraries.stream().filter(BuildClassLoader::isReplaced).toList()) {
      unpack(jar, files);
    }
    return new FunctionCode(root, files, libraries);
  }

  /** What is there already stays, as on a class path; services' files add up. */
  private static void unpack(Path jar, Map<String, byte[]> files) throws IOException {
    try (JarInputStream in = new JarInputStream(Files.newInputStream(jar))) {
      for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
        if (!entry.isDirectory() && isOfBuild(entry.getName())) {
          String name = entry.getName();
          files.merge(
              name,
              in.readAllBytes(),
              (before, more) -> name.startsWith(SERVICES) ? join(before, more) : before);
        }
      }
    }
  }

  /**
   * What this process began with.
   *
   * @param jars of the functions' own classes
   * @param libraries that functions have beside them and this process has not, as in {@code lib} of
   *     a build
   */
  public static FunctionCode ofJars(List<Path> jars, List<Path> libraries) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (Path jar : jars) {
      unpack(jar, files);
    }
    List<Path> real = new ArrayList<>();
    for (Path library : libraries) {
      real.add(library.toRealPath());
    }
    return new FunctionCode(Path.of(""), files, real);
  }

  /** What packing adds is not part of it. */
  private static boolean isOfBuild(String name) {
    return !name.startsWith("META-INF/") || name.startsWith(SERVICES);
  }

  /** As the lines of services' files are, where one place has what several had. */
  private static byte[] join(byte[] one, byte[] other) {
    return Stream.of(one, other)
        .flatMap(lines -> new String(lines, UTF_8).lines())
        .distinct()
        .sorted()
        .map(line -> line + "\n")
        .collect(Collectors.joining())
        .getBytes(UTF_8);
  }

  /** A directory with what a function's process needs. */
  public Path root() {
    return root;
  }

  /**
   * The names of files that are not as they were, are new or are gone, and of the libraries that
   * are.
   */
  public Set<String> changesSince(FunctionCode before) {
    Set<String> changed = new TreeSet<>();
    Stream.of(files, before.files)
        .flatMap(each -> each.keySet().stream())
        .filter(name -> !Arrays.equals(files.get(name), before.files.get(name)))
        .forEach(changed::add);
    if (!Set.copyOf(libraries).equals(Set.copyOf(before.libraries))) {
      changed.add(LIBRARIES);
    }
    return changed;
  }

  /**
   * Whether a function may be another by this: a class that it needs, however far, is among them,
   * or anything that is no class.
   */
  boolean concerns(String handler, Set<String> changed) {
    return changed.stream().anyMatch(name -> !name.endsWith(CLASS))
        || !Collections.disjoint(findNeeded(handler), changed);
  }

  /** A handler's class file and those that it names, and so on. */
  private Set<String> findNeeded(String handler) {
    Set<String> found = new HashSet<>();
    Deque<String> next = new ArrayDeque<>(List.of(handler.replace('.', '/') + CLASS));
    while (!next.isEmpty()) {
      String file = next.pop();
      if (files.containsKey(file) && found.add(file)) {
        named.computeIfAbsent(file, this::namesIn).forEach(next::push);
      }
    }
    // One that is gone is needed by who named it.
    found.add(handler.replace('.', '/') + CLASS);
    return found;
  }

  private Set<String> namesIn(String file) {
    Set<String> names = new HashSet<>();
    for (PoolEntry entry :
        ClassFile.of().parse(Objects.requireNonNull(files.get(file))).constantPool()) {
      if (entry instanceof Utf8Entry text) {
        NAME_SEPARATOR
            .splitAsStream(text.stringValue().replace('.', '/'))
            .flatMap(FunctionCode::files)
            .filter(files::containsKey)
            .forEach(names::add);
      }
    }
    return names;
  }

  /** A type in a descriptor has an L before its name. */
  private static Stream<String> files(String name) {
    return name.startsWith("L")
        ? Stream.of(name + CLASS, name.substring(1) + CLASS)
        : Stream.of(name + CLASS);
  }

  /** Its class loader. */
  synchronized ClassLoader loader() {
    if (loader == null) {
      ClassLoader cloud = FunctionCode.class.getClassLoader();
      loader =
          new BuildClassLoader(
              files,
              libraries.isEmpty()
                  ? cloud
                  : new URLClassLoader(
                      libraries.stream().map(FunctionCode::url).toArray(URL[]::new), cloud));
    }
    return loader;
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("A file has a URL", e);
    }
  }
}
