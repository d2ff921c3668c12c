package agentpost.local.cloudformation.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.cloudformation.SynthesizedStack;
import agentpost.local.cloudformation.UnsupportedTemplateException;
import agentpost.local.s3.S3Service;
import agentpost.local.storage.DirectoryTree;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The files that templates name and the CDK's command has put into its bucket, in a folder as
 * {@code cdk synth} leaves them.
 */
public final class UploadedFiles implements AutoCloseable {
  /** As {@code cdk bootstrap} calls it. */
  public static final String BUCKET = "cdk-hnb659fds-assets-000000000000-us-east-1";

  /** A file's key is its hash. */
  private static final Pattern KEY = Pattern.compile("\\b([0-9a-f]{64})\\.(json|zip)\\b");

  private final S3Service buckets;
  private final Supplier<Path> deployed;

  /** Functions may be started from it as long as there is the cloud. */
  private Optional<Path> folder = Optional.empty();

  /**
   * @param deployed the folder of what was deployed last, which on AWS would be in the bucket
   */
  public UploadedFiles(S3Service buckets, Supplier<Path> deployed) {
    this.buckets = buckets;
    this.deployed = deployed;
  }

  /**
   * A stack with all that its template names.
   *
   * @throws UnsupportedTemplateException naming a file that is not in the bucket
   */
  synchronized SynthesizedStack collect(
      String stack, JsonNode template, Map<String, String> parameters) {
    try {
      if (folder.isEmpty()) {
        folder = Optional.of(Files.createTempDirectory("agentpost-uploads"));
      }
      Path into = folder.get();
      Map<String, String> files = new HashMap<>();
      Deque<String> templates = new ArrayDeque<>();
      templates.add(template.toString());
      while (!templates.isEmpty()) {
        for (MatchResult key : KEY.matcher(templates.pop()).results().toList()) {
          boolean isTemplate = key.group(2).equals("json");
          String name = isTemplate ? key.group() : "asset." + key.group();
          if (files.putIfAbsent(key.group(1), name) == null) {
            byte[] content = require(key.group(), name);
            if (isTemplate) {
              templates.add(new String(content, UTF_8));
            }
            write(into.resolve(name), content);
          }
        }
      }
      return new SynthesizedStack(into, stack, template, parameters, files);
    } catch (IOException e) {
      throw new UncheckedIOException("What was uploaded cannot be written", e);
    }
  }

  /** A template, by its key. */
  Optional<String> read(String key) {
    return buckets.read(BUCKET, key).map(bytes -> new String(bytes, UTF_8));
  }

  private byte[] require(String key, String file) throws IOException {
    Optional<byte[]> uploaded = buckets.read(BUCKET, key);
    if (uploaded.isPresent()) {
      return uploaded.get();
    }
    Path there = deployed.get().resolve(file);
    if (!Files.exists(there)) {
      throw new UnsupportedTemplateException(
          "The template names " + key + ", which is not in the bucket " + BUCKET);
    }
    return Files.readAllBytes(there);
  }

  /** What is there is the same, for its name is its hash, and a function may have it open. */
  private static void write(Path file, byte[] content) throws IOException {
    if (!Files.exists(file)) {
      Files.write(file, content);
    }
  }

  @Override
  public synchronized void close() {
    folder.ifPresent(
        there -> {
          try {
            DirectoryTree.delete(there);
          } catch (IOException e) {
            throw new UncheckedIOException("What was uploaded cannot be taken away", e);
          }
        });
  }
}
