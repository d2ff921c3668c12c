package agentpost.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import agentpost.schemas.EventSchemas;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project's build, whose libraries have the framework's jars among them. */
class FunctionCodeTest {
  private static final String INDEX = "META-INF/services/agentpost.event-schemas";
  private static final String SHARED = "agentpost/platform/Platform.class";
  private static final String CLASS = "agentpost/schemas/EventSchemas.class";

  @TempDir private Path root;

  @BeforeEach
  void build() throws IOException {
    Files.createDirectories(root.resolve("META-INF/services"));
    Files.writeString(root.resolve(INDEX), "order.placed/1\n");
    Files.writeString(root.resolve("prompt.txt"), "mine");
    Files.createDirectory(root.resolve("lib"));
    jar(
        "agentpost-events-schemas-1.2.3.jar",
        Map.of(
            INDEX,
            "agent.stopped/1\n".getBytes(UTF_8),
            CLASS,
            bytes(CLASS),
            SHARED,
            bytes(SHARED),
            "prompt.txt",
            "the framework's".getBytes(UTF_8),
            "META-INF/maven/pom.xml",
            new byte[0]));
    jar("other-1.jar", Map.of("other.txt", "a library's".getBytes(UTF_8)));
  }

  private void jar(String name, Map<String, byte[]> files) throws IOException {
    try (OutputStream file = Files.newOutputStream(root.resolve("lib").resolve(name));
        JarOutputStream jar = new JarOutputStream(file)) {
      for (Map.Entry<String, byte[]> entry : files.entrySet()) {
        jar.putNextEntry(new JarEntry(entry.getKey()));
        jar.write(entry.getValue());
      }
    }
  }

  private static byte[] bytes(String file) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(FunctionCodeTest.class.getResourceAsStream("/" + file), file)) {
      return in.readAllBytes();
    }
  }

  private static String text(ClassLoader loader, String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(loader.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  /** What runs knows the project's events as well as the framework's. */
  @Test
  void listsOfSchemasAddUp() throws IOException {
    ClassLoader loader = FunctionCode.read(root).loader();
    assertThat(text(loader, INDEX)).isEqualTo("agent.stopped/1\norder.placed/1\n");
    assertThat(Collections.list(loader.getResources(INDEX)))
        .as("not this process's own as well")
        .hasSize(1);
  }

  /** So that it finds the project's schemas, which this process has not. */
  @Test
  void theFrameworksClassesAreTheBuildsOwn() throws Exception {
    ClassLoader loader = FunctionCode.read(root).loader();
    Class<?> schemas = loader.loadClass(EventSchemas.class.getName());
    assertNotSame(EventSchemas.class, schemas);
    assertSame(loader, schemas.getClassLoader());
  }

  @Test
  void whatIsSharedAndWhatIsALibrarysComesFromElsewhere() throws Exception {
    ClassLoader loader = FunctionCode.read(root).loader();
    assertSame(agentpost.platform.Platform.class, loader.loadClass("agentpost.platform.Platform"));
    assertThat(text(loader, "other.txt")).isEqualTo("a library's");
  }

  @Test
  void theProjectsOwnComesFirst() throws IOException {
    assertThat(text(FunctionCode.read(root).loader(), "prompt.txt")).isEqualTo("mine");
  }

  @Test
  void anotherVersionOfTheFrameworkIsAChange() throws IOException {
    FunctionCode before = FunctionCode.read(root);
    assertThat(FunctionCode.read(root).changesSince(before)).isEmpty();
    Files.delete(root.resolve("lib/agentpost-events-schemas-1.2.3.jar"));
    assertThat(FunctionCode.read(root).changesSince(before)).contains(CLASS, INDEX, "lib");
  }
}
