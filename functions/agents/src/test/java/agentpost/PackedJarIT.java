package agentpost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.schemas.EventSchemas;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar that goes to Lambda, alone: not all of the SDK is in it (src/assembly/classes.xml), and
 * what is left out must not be missed. Every client that functions create is built and called
 * there, against a service on this machine, and every handler is made.
 */
class PackedJarIT {
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Pattern CREATED =
      Pattern.compile("\\.create\\(\\s*(\\w+Client)\\.builder\\(\\)");
  private static final long MAX_BYTES = 12_000_000;

  @TempDir private Path alone;
  private HttpServer service;
  private volatile Optional<String> error = Optional.empty();

  @BeforeEach
  void open() throws IOException {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext(
        "/",
        exchange -> {
          String asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          boolean secret =
              Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Target"))
                  .filter("secretsmanager.GetSecretValue"::equals)
                  .isPresent();
          String text =
              asked.contains("agentpost/relay")
                  ? "{\\\"current\\\":\\\"" + "k".repeat(64) + "\\\"}"
                  : "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
          byte[] answer =
              error
                  .map(code -> "{\"__type\":\"" + code + "\",\"message\":\"m\"}")
                  .orElse(secret ? "{\"SecretString\":\"" + text + "\"}" : "{}")
                  .getBytes(UTF_8);
          error.ifPresent(code -> exchange.getResponseHeaders().set("x-amzn-errortype", code));
          exchange.sendResponseHeaders(error.isPresent() ? 400 : 200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    service.start();
  }

  @AfterEach
  void close() {
    service.stop(0);
  }

  private static Path jar() throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      return files
          .filter(file -> file.getFileName().toString().matches("agentpost-agents-.*-all\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  /**
   * {@link PackedFunctions} as a class beside those of the jar, with nothing above them but the
   * JDK.
   */
  private Map<String, String> outcomes(Set<String> handlers) throws Exception {
    try (Stream<Path> classes = Files.list(TARGET.resolve("test-classes/agentpost"))) {
      Path copies = Files.createDirectories(alone.resolve("agentpost"));
      for (Path file :
          classes
              .filter(file -> file.getFileName().toString().startsWith("PackedFunctions"))
              .toList()) {
        Files.copy(file, copies.resolve(file.getFileName()));
      }
    }
    URL[] urls = {jar().toUri().toURL(), alone.toUri().toURL()};
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader packed = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(packed);
      @SuppressWarnings("unchecked") // What PackedFunctions is, by another loader.
      BiFunction<URI, Iterable<String>, Map<String, String>> functions =
          (BiFunction<URI, Iterable<String>, Map<String, String>>)
              packed.loadClass(PackedFunctions.class.getName()).getConstructor().newInstance();
      return functions.apply(
          URI.create("http://127.0.0.1:" + service.getAddress().getPort()), List.copyOf(handlers));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** The clients that the sources create, so that one more is not forgotten here. */
  private static Set<String> clients() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of(".."))) {
      return sources
          .filter(file -> file.toString().matches(".*/src/main/java/.*\\.java"))
          .flatMap(
              file ->
                  CREATED.matcher(read(file)).results().map((MatchResult found) -> found.group(1)))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every class that Lambda can be told to make. */
  private static Set<String> handlers() throws Exception {
    List<String> names = new ArrayList<>();
    try (JarFile jar = new JarFile(jar().toFile())) {
      for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
        String name = entries.nextElement().getName();
        if (name.startsWith("agentpost/") && name.endsWith("Handler.class")) {
          names.add(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
        }
      }
    }
    Set<String> handlers = new TreeSet<>();
    for (String name : names) {
      Class<?> type = Class.forName(name);
      if (RequestHandler.class.isAssignableFrom(type)
          && !Modifier.isAbstract(type.getModifiers())) {
        handlers.add(name);
      }
    }
    return handlers;
  }

  @Test
  void everyClientCallsItsServiceAndEveryHandlerIsMade() throws Exception {
    Set<String> handlers = handlers();
    Set<String> clients = clients();
    Map<String, String> outcomes = outcomes(handlers);
    assertThat(handlers).hasSizeGreaterThan(12);
    assertThat(outcomes)
        .containsKeys(clients.toArray(String[]::new))
        .containsKeys(handlers.toArray(String[]::new));
    assertThat(outcomes).allSatisfy((what, outcome) -> assertEquals("ok", outcome, what));
  }

  @Test
  void everyClientKnowsItsServicesErrors() throws Exception {
    error = Optional.of("ResourceNotFoundException");
    Map<String, String> outcomes = outcomes(Set.of());
    assertEquals("ResourceNotFoundException", outcomes.get("DynamoDbClient"));
    assertThat(outcomes)
        .allSatisfy(
            (what, outcome) ->
                assertThat(outcome)
                    .as(what)
                    .isIn(
                        "ResourceNotFoundException",
                        "SfnException",
                        "SqsException",
                        "SesV2Exception",
                        "NotFoundException",
                        // InvokeClient's, of every error.
                        "AwsServiceException"));
  }

  /** The framework's jar and this module have an index each, and one jar is made of both. */
  @Test
  void theEventsOfAllModulesAreInIt() throws IOException {
    try (URLClassLoader packed =
        new URLClassLoader(
            new URL[] {jar().toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      assertThat(EventSchemas.ofClassPath(packed).eventTypes())
          .isEqualTo(EventSchemas.load().eventTypes())
          .contains("user.signed_up", "operation.completed");
    }
  }

  /** Each module's registrations are one file in the jar, with all of their lines. */
  @Test
  void whatIsRegisteredIsFoundInThePackedJar() throws IOException {
    Map<String, Integer> registered = new TreeMap<>();
    try (JarFile jar = new JarFile(jar().toFile())) {
      for (String type :
          List.of(
              "agentpost.signing.SignatureScheme",
              "agentpost.ingest.Provider",
              "agentpost.delivery.Dialect")) {
        try (InputStream in = jar.getInputStream(jar.getEntry("META-INF/services/" + type))) {
          List<String> classes =
              new String(in.readAllBytes(), UTF_8).lines().filter(line -> !line.isBlank()).toList();
          assertThat(classes)
              .allSatisfy(
                  one -> assertThat(jar.getEntry(one.replace('.', '/') + ".class")).isNotNull());
          registered.put(type, classes.size());
        }
      }
    }
    assertThat(registered)
        .containsExactly(
            Map.entry("agentpost.delivery.Dialect", 1),
            Map.entry("agentpost.ingest.Provider", 6),
            Map.entry("agentpost.signing.SignatureScheme", 2));
  }

  @Test
  void theZipIsSmallerThanWhatItIsHeldTo() throws IOException {
    assertThat(Files.size(TARGET.resolve("functions.zip"))).isLessThan(MAX_BYTES);
  }
}
