package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.CatalogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandlerClassesTest {
  @TempDir private Path directory;

  /** A running local cloud's: a class that was added since the zip was made is there, and one that was deleted is not. */
  @Test
  void whatWasCompiledSinceTakesTheZipsPlace() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("agents.yaml"),
            "agents: {one: {subscribes: [user.signed_up], hosted: {handler: mine.AddedHandler}}, two: {subscribes: [user.signed_up], hosted: {handler: mine.DeletedHandler}}}");
    Catalog catalog = CatalogReader.read(file, new TreeSet<>(Set.of("user.signed_up")));
    Files.createFile(Files.createDirectories(directory.resolve("classes/mine")).resolve("AddedHandler.class"));
    assertThat(HandlerClasses.problems(catalog, directory.resolve("none.zip"), directory.resolve("classes").toString()))
        .containsExactly("agents.two.hosted.handler: there is no class mine.DeletedHandler in none.zip; its package has mine.AddedHandler");
  }
}
