package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArchiveTrainingTest {
  @Test
  void everyCommandOfTheTrainingDoesWhatItIsTo() throws Exception {
    assertThat(
            ArchiveTraining.run(
                Launcher.HOME.resolve("events-schemas/user.signed_up/examples/premium-trial.json")))
        .isEmpty();
  }
}
