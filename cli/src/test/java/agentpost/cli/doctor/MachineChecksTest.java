package agentpost.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.deployment.Finding;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineChecksTest {
  @Test
  void aMachineWithoutNodeIsToldHowToGetIt() {
    Finding finding = MachineChecks.node("no-such-program");
    assertEquals(Finding.Level.STOP, finding.level());
    assertThat(finding.text()).startsWith("there is none on the PATH, and the CDK needs 20");
    assertThat(finding.commands()).anyMatch(command -> command.startsWith("brew install node"));
  }

  /** Any program whose version is none of Node's. */
  @Test
  void anotherProgramIsNotNode() {
    assertThat(MachineChecks.node("bash").text()).startsWith("it is GNU bash");
  }

  @Test
  void aPortThatAnotherProcessHasIsAWarning() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Finding finding = MachineChecks.port(taken.getLocalPort());
      assertThat(finding.text()).startsWith("another process has it");
      assertThat(finding.commands()).containsExactly("./agentpost local --port 0");
    }
  }

  @Test
  void whatDidNotBuildIsOneLine() {
    Finding finding =
        MachineChecks.prepared(
            "build",
            "building agentpost: cli\n"
                + "[ERROR] X.java:[1,2] ';' expected\n"
                + "agentpost: the build failed\n",
            "./agentpost build");
    assertThat(finding.text()).isEqualTo("[ERROR] X.java:[1,2] ';' expected; the build failed");
    assertEquals(Finding.Level.STOP, finding.level());
    assertEquals(Finding.Level.OK, MachineChecks.prepared("build", "", "").level());
  }

  @ParameterizedTest
  @CsvSource({"0,OK", "-29,OK", "30,WARN", "-299,WARN", "300,STOP", "-86400,STOP"})
  void aClockThatIsWrongIsToldOf(long ahead, Finding.Level level) {
    Instant server = Instant.parse("2026-03-31T10:30:00Z");
    Finding finding = ClockCheck.compare(server, server.plus(Duration.ofSeconds(ahead)));
    assertEquals(level, finding.level());
    assertThat(finding.text())
        .startsWith(Math.abs(ahead) + " s " + (ahead < 0 ? "behind" : "ahead"));
  }
}
