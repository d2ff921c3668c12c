package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.infra.catalog.CatalogException;
import agentpost.infra.catalog.EventsOf;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.SchemaCompiler;
import agentpost.schemas.SchemaVersion;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project's events reach the template by what is deployed, whoever has compiled them. */
class DeployedEventsTest {
  private static final SchemaVersion FIRST = SchemaVersion.parse("1");
  @TempDir private Path directory;

  private static Map<String, Map<SchemaVersion, JsonNode>> documents(String... types) {
    EventSchemas some = EventsOf.types(types);
    Map<String, Map<SchemaVersion, JsonNode>> documents = new TreeMap<>();
    some.eventTypes()
        .forEach(type -> documents.put(type, Map.of(FIRST, some.document(type, FIRST))));
    return documents;
  }

  private Path folder(String name, Map<String, Map<SchemaVersion, JsonNode>> documents)
      throws IOException {
    Path folder = directory.resolve(name);
    SchemaCompiler.write(documents, folder);
    return folder;
  }

  private static byte[] zip(Path folder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes);
        Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
        out.write(Files.readAllBytes(file));
      }
    }
    return bytes.toByteArray();
  }

  private Path zipOf(String... folders) throws IOException {
    Path all = Files.createDirectories(directory.resolve("all/lib"));
    for (String folder : folders) {
      Files.write(all.resolve(folder + ".jar"), zip(directory.resolve(folder)));
    }
    return Files.write(directory.resolve("functions.zip"), zip(directory.resolve("all")));
  }

  @Test
  void theEventsOfAllJarsOfTheZipCount() throws IOException {
    folder("framework", documents("agent.stopped"));
    folder("project", documents("user.signed_up", "email.sent"));
    assertThat(DeployedEvents.read(zipOf("framework", "project"), "").eventTypes())
        .containsExactly("agent.stopped", "email.sent", "user.signed_up");
  }

  @Test
  void whatALocalCloudHasCompiledSinceStandsInTheirPlace() throws IOException {
    folder("framework", documents("agent.stopped", "email.sent"));
    ObjectNode changed = EventsOf.types("email.sent").document("email.sent", FIRST).deepCopy();
    Map<String, Map<SchemaVersion, JsonNode>> now = documents("user.signed_up");
    now.put("email.sent", Map.of(FIRST, changed.put("title", "Changed")));
    EventSchemas schemas = DeployedEvents.read(zipOf("framework"), folder("build", now).toString());
    assertThat(schemas.eventTypes())
        .containsExactly("agent.stopped", "email.sent", "user.signed_up");
    assertThat(schemas.document("email.sent", FIRST).path("title").asText()).isEqualTo("Changed");
  }

  @Test
  void aZipWithoutEventsIsRefused() throws IOException {
    Files.createDirectories(directory.resolve("none"));
    Path zip = zipOf("none");
    assertThatThrownBy(() -> DeployedEvents.read(zip, ""))
        .isInstanceOf(CatalogException.class)
        .hasMessageContainingAll(
            List.of("functionsZip=" + zip, "it has no schemas of events").toArray(String[]::new));
  }
}
