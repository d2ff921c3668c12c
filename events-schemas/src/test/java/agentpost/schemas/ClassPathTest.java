package agentpost.schemas;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars and folders of a class path bring events each, and all of them count. */
class ClassPathTest {
  private static final Map<String, Map<SchemaVersion, JsonNode>> EXAMPLES =
      AllEvents.documents(AllEvents.EXAMPLES);
  private static final SchemaVersion FIRST = SchemaVersion.parse("1");
  @TempDir private Path directory;

  private static URLClassLoader classPath(Path... roots) throws MalformedURLException {
    URL[] urls = new URL[roots.length];
    for (int i = 0; i < roots.length; i++) {
      urls[i] = roots[i].toUri().toURL();
    }
    return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
  }

  private Path folder(String name, String... types) throws IOException {
    Path folder = Files.createDirectories(directory.resolve(name));
    Map<String, Map<SchemaVersion, JsonNode>> some = new TreeMap<>(EXAMPLES);
    some.keySet().retainAll(Set.of(types));
    SchemaCompiler.write(some, folder);
    return folder;
  }

  private Path jar(Path folder) throws IOException {
    Path jar = folder.resolveSibling(folder.getFileName() + ".jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
        out.write(Files.readAllBytes(file));
      }
    }
    return jar;
  }

  private static JsonNode document(String type) {
    return requireNonNull(requireNonNull(EXAMPLES.get(type)).get(FIRST));
  }

  @Test
  void aFolderAndAJarCount() throws IOException {
    try (URLClassLoader both =
        classPath(folder("a", "user.signed_up"), jar(folder("b", "lead.captured", "email.sent")))) {
      EventSchemas schemas = EventSchemas.ofClassPath(both);
      assertThat(schemas.eventTypes())
          .containsExactly("email.sent", "lead.captured", "user.signed_up");
      assertThat(schemas.document("lead.captured", FIRST)).isEqualTo(document("lead.captured"));
    }
  }

  @Test
  void twoJarsCountAndTheSameSchemaInBothIsNoMistake() throws IOException {
    try (URLClassLoader both =
        classPath(
            jar(folder("a", "user.signed_up", "email.sent")),
            jar(folder("b", "lead.captured", "email.sent")))) {
      assertThat(EventSchemas.ofClassPath(both).eventTypes())
          .containsExactly("email.sent", "lead.captured", "user.signed_up");
    }
  }

  @Test
  void anotherSchemaForTheSameEventIsRefusedAndBothAreNamed() throws IOException {
    Path one = folder("a", "user.signed_up");
    Path other = folder("b", "user.signed_up");
    ObjectNode changed = document("user.signed_up").deepCopy();
    SchemaCompiler.write(
        Map.of("user.signed_up", Map.of(FIRST, changed.put("title", "Another"))), other);
    try (URLClassLoader both = classPath(one, other)) {
      assertThatThrownBy(() -> EventSchemas.ofClassPath(both))
          .hasMessage(
              "The schema user.signed_up/1 is there twice, and not the same: in "
                  + one.toUri().toURL()
                  + " and in "
                  + other.toUri().toURL());
    }
  }

  @Test
  void anIndexThatNamesNothingIsRefused() throws IOException {
    Path one = folder("a", "user.signed_up", "email.sent");
    Files.delete(one.resolve("agentpost/schemas/email.sent/1.schema.json"));
    // What another has under the name is not this one's.
    try (URLClassLoader both = classPath(one, folder("b", "email.sent"))) {
      assertThatThrownBy(() -> EventSchemas.ofClassPath(both))
          .hasMessage(
              one.toUri().toURL()
                  + " has an index of schemas that names"
                  + " agentpost/schemas/email.sent/1.schema.json, and no such file");
    }
  }

  @Test
  void aClassPathWithoutEventsSaysWhatMakesThem() throws IOException {
    try (URLClassLoader none = classPath(directory)) {
      assertThatThrownBy(() -> EventSchemas.ofClassPath(none))
          .hasMessage(
              "There is no META-INF/services/agentpost.event-schemas on the class path; the build"
                  + " makes it, with the schema compiler");
    }
  }

  @Test
  void filesInMemoryCountAsThoseOfAClassPathDo() throws IOException {
    Map<String, Map<String, byte[]>> roots = new TreeMap<>();
    for (Path root : List.of(folder("a", "user.signed_up"), folder("b", "email.sent"))) {
      Map<String, byte[]> files = new TreeMap<>();
      try (Stream<Path> all = Files.walk(root)) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          String name = root.relativize(file).toString();
          assertThat(EventSchemas.isCompiled(name)).isTrue();
          files.put(name, Files.readAllBytes(file));
        }
      }
      roots.put(root.toString(), files);
    }
    assertThat(EventSchemas.ofFiles(roots).eventTypes())
        .containsExactly("email.sent", "user.signed_up");
  }

  @Test
  void othersStandInThePlaceOfTheSameEvent() {
    EventSchemas old =
        EventSchemas.of(Map.of("user.signed_up", Map.of(FIRST, document("email.sent"))));
    EventSchemas both = AllEvents.schemas().with(old);
    assertThat(both.document("user.signed_up", FIRST)).isEqualTo(document("email.sent"));
    assertThat(both.eventTypes()).isEqualTo(AllEvents.schemas().eventTypes());
  }

  /** Java takes what is a class's name there for a service, and its lines for classes. */
  @Test
  void aJarOfEventsIsAModule() throws IOException {
    Path jar = jar(folder("events", "user.signed_up"));
    assertThat(ModuleFinder.of(jar).findAll())
        .singleElement()
        .satisfies(module -> assertThat(module.descriptor().provides()).isEmpty());
  }
}
