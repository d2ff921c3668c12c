package agentpost.local.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a stack's template the way {@code cdk synth} does. */
public final class Templates {
  private Templates() {}

  public static void write(Path cdkOut, String stack, String template) throws IOException {
    String manifest =
        "{\"artifacts\":{\""
            + stack
            + "\":{\"type\":\"aws:cloudformation:stack\",\"properties\":{\"templateFile\":\""
            + stack
            + ".template.json\"}}}}";
    Files.writeString(cdkOut.resolve("manifest.json"), manifest);
    Files.writeString(cdkOut.resolve(stack + ".template.json"), template);
    Files.writeString(cdkOut.resolve(stack + ".assets.json"), "{\"files\":{}}");
  }
}
