package agentpost.cli.events;

import agentpost.cli.project.ProjectSchemas;
import agentpost.cli.terminal.CommandFailure;
import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A project's events as they are in its folders, or were.
 *
 * @param name for people: a revision or a folder
 */
record SchemaSnapshot(String name, EventSchemas schemas, List<Path> folders) {
  SchemaSnapshot {
    folders = List.copyOf(folders);
  }

  static SchemaSnapshot of(String name, List<Path> folders) {
    EventSchemas schemas = EventSchemas.of(Map.of());
    for (Path folder : folders) {
      schemas = schemas.with(ProjectSchemas.compile(folder));
    }
    return new SchemaSnapshot(name, schemas, folders);
  }

  /**
   * @param scratch an empty folder for what git has of the revision
   */
  static SchemaSnapshot ofRevision(String revision, List<Path> folders, Path scratch)
      throws IOException, InterruptedException {
    List<Path> unpacked = new ArrayList<>();
    for (Path folder : folders) {
      unpacked.add(unpack(revision, folder, scratch.resolve("events-" + unpacked.size())));
    }
    return of(revision, unpacked);
  }

  private static Path unpack(String revision, Path folder, Path to)
      throws IOException, InterruptedException {
    if (revision.startsWith("-")) {
      throw new CommandFailure(revision + " is no revision of git");
    }
    Process git =
        new ProcessBuilder("git", "archive", "--format=zip", revision, "--", ".")
            .directory(folder.toFile())
            .redirectError(to.resolveSibling("git.err").toFile())
            .start();
    git.getOutputStream().close();
    Files.createDirectory(to);
    try (InputStream output = git.getInputStream();
        ZipInputStream zip = new ZipInputStream(new BufferedInputStream(output))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = to.resolve(entry.getName()).normalize();
        if (file.startsWith(to) && !entry.isDirectory()) {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
      // The list of all files after them; git fails if nobody takes it.
      output.transferTo(OutputStream.nullOutputStream());
    }
    if (git.waitFor() != 0) {
      throw new CommandFailure(
          "git has no "
              + revision
              + " of "
              + folder
              + ": "
              + Files.readString(to.resolveSibling("git.err")).strip()
              + "; name another revision, or a folder, with --against");
    }
    return to;
  }

  /** Of an event, by their files' names. */
  SortedMap<String, JsonNode> examples(String type) {
    SortedMap<String, JsonNode> examples = new TreeMap<>();
    ProjectSchemas.listExamples(folders, type)
        .forEach(
            file -> examples.put(String.valueOf(file.getFileName()), EventCatalog.parse(file)));
    return examples;
  }
}
