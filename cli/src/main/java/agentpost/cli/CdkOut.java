package agentpost.cli;

import java.nio.file.Path;

/** Where the launcher put the synthesized template. */
final class CdkOut {
  private CdkOut() {}

  static Path directory() {
    String directory = System.getProperty("agentpost.cdk.out");
    if (directory == null) {
      throw new CommandFailure("start it with ./agentpost, which synthesizes the template first");
    }
    return Path.of(directory);
  }
}
