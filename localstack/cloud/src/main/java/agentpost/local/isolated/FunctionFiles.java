package agentpost.local.isolated;

import agentpost.local.isolated.child.ApiNames;
import agentpost.local.isolated.child.RuntimeLauncher;
import agentpost.local.storage.DirectoryTree;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * The files that functions' processes share, in a temporary directory: what {@code /var/runtime}
 * and {@code /var/task} are on Lambda.
 */
final class FunctionFiles implements AutoCloseable {
  private static final String PREFIX = "agentpost-isolated-";

  /**
   * What is on the managed runtime's class path; the function's own jars are loaded by AWS's class,
   * from {@code lib} in its working directory.
   */
  private static final List<Class<?>> RUNTIME =
      List.of(Context.class, AWSLambda.class, PojoSerializer.class, SdkInternalThreadLocal.class);

  private static final List<Class<?>> ADDED = List.of(RuntimeLauncher.class, ApiNames.class);

  private final Path directory;
  private final String classPath;
  private final Path nativeClient;
  private final Certificates certificates;
  private final Map<Path, Path> taskRoots = new ConcurrentHashMap<>();

  FunctionFiles() throws IOException, InterruptedException {
    // For its owner alone, and by a name that nobody can know before.
    this.directory = Files.createTempDirectory(PREFIX + ProcessHandle.current().pid() + "-");
    forgetTheDead(Path.of(System.getProperty("java.io.tmpdir")), Files.getOwner(directory));
    this.nativeClient = directory.resolve(FunctionProcessCommand.nativeClient());
    copy(AWSLambda.class, "/jni/" + nativeClient.getFileName(), nativeClient);
    Path added = Files.createDirectory(directory.resolve("added"));
    for (Class<?> type : ADDED) {
      copyWithNested(type, added);
    }
    Path services = Files.createDirectories(added.resolve("META-INF/services"));
    Files.writeString(
        services.resolve("java.net.spi.InetAddressResolverProvider"),
        ApiNames.class.getName() + "\n");
    this.classPath =
        Stream.concat(RUNTIME.stream().map(FunctionFiles::place), Stream.of(added))
            .map(Path::toString)
            .collect(Collectors.joining(":"));
    this.certificates = Certificates.createIn(directory);
  }

  private static Path place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("The place of " + type.getName() + " is no URI", e);
    }
  }

  private static void copyWithNested(Class<?> type, Path root) throws IOException {
    String file = "/" + type.getName().replace('.', '/') + ".class";
    Path copy = root.resolve(file.substring(1));
    Files.createDirectories(Optional.ofNullable(copy.getParent()).orElseThrow());
    copy(type, file, copy);
    String nested = file.replace(".class", "$1.class");
    if (type.getResource(nested) != null) {
      copy(type, nested, root.resolve(nested.substring(1)));
    }
  }

  private static void copy(Class<?> from, String resource, Path to) throws IOException {
    try (InputStream in = from.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(resource + " is not on the class path");
      }
      Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  String classPath() {
    return classPath;
  }

  Path nativeClient() {
    return nativeClient;
  }

  Path trustStore() {
    return certificates.trustStore();
  }

  Certificates certificates() {
    return certificates;
  }

  /**
   * A function's working directory. Functions with one zip share it.
   *
   * @param code a zip, or a directory that is used as it is
   */
  Path taskRoot(Path code) {
    return Files.isDirectory(code)
        ? code.toAbsolutePath()
        : taskRoots.computeIfAbsent(code.toAbsolutePath(), this::unpack);
  }

  private Path unpack(Path zip) {
    Path root = directory.resolve("task-" + taskRoots.size());
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      Files.createDirectories(root);
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path file = root.resolve(entry.getName()).normalize();
        if (!file.startsWith(root)) {
          throw new IOException(zip + " has a file that leads out of it: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(Optional.ofNullable(file.getParent()).orElse(root));
          Files.copy(in, file);
        }
      }
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException("The functions' code cannot be unpacked", e);
    }
  }

  /**
   * What a cloud of the same user that was killed could not delete. The folder is everyone's: what
   * is another's, or is a link, is nothing to us, and what cannot be taken away, as where two
   * clouds start at once, is no reason not to start.
   */
  static void forgetTheDead(Path folder, UserPrincipal owner) {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path left : all.filter(path -> isOfTheDead(path.getFileName().toString())).toList()) {
        if (isOwn(left, owner)) {
          DirectoryTree.delete(left);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      System.getLogger(FunctionFiles.class.getName())
          .log(System.Logger.Level.DEBUG, "Left as it is in " + folder, e);
    }
  }

  private static boolean isOwn(Path left, UserPrincipal owner) throws IOException {
    return Files.isDirectory(left, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(left, LinkOption.NOFOLLOW_LINKS).equals(owner);
  }

  private static boolean isOfTheDead(String name) {
    return name.matches(PREFIX + "\\d{1,10}-\\d+")
        && ProcessHandle.of(Long.parseLong(name.split("-", -1)[2])).isEmpty();
  }

  @Override
  public void close() {
    try {
      DirectoryTree.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("Temporary files are left in " + directory, e);
    }
  }
}
