package agentpost.platform;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AGENT_STATE_TABLE | [state] or [updates]",
        "EMAIL_FROM | [email]",
        "SUPPORT_EMAIL | [support]",
        "SCHEDULE_GROUP,SCHEDULE_ROLE_ARN,SCHEDULE_DLQ_ARN,BUS_ARN | [schedule] or [cancel]",
        "OPERATIONS_TABLE,PROCESSOR_URL,CALLBACK_URL,PROCESSOR_SECRET_PREFIX | [operations]",
      })
  void anAgentIsToldWhatItsEntryLacks(String names, String uses) {
    assertThatThrownBy(() -> Environment.require(Map.of("AGENT", "writer"), names.split(",")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Environment variables are missing: "
                + names.replace(",", ", ")
                + "; add uses: "
                + uses
                + " to the agent in agents.yaml");
  }

  @Test
  void whatEveryAgentHasIsNotInUses() {
    assertThatThrownBy(() -> Environment.require(Map.of("AGENT", "writer"), "BUS_NAME"))
        .hasMessage("Environment variables are missing: BUS_NAME");
  }

  @Test
  void whatIsNoAgentHasNoUses() {
    assertThatThrownBy(() -> Environment.require(Map.of(), "OPERATIONS_TABLE"))
        .hasMessage("Environment variables are missing: OPERATIONS_TABLE");
  }
}
