package agentpost.local.scenarios;

import java.nio.file.Path;

/** The suite on the embedded cloud. */
class EmbeddedScenariosIT extends Scenarios {
  @Override
  Cloud open(Path directory, String stage) throws Exception {
    return EmbeddedCloud.start(directory, stage);
  }
}
