package agentpost.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class FunctionFailuresTest {
  private final StringWriter shown = new StringWriter();
  private final FunctionFailures failures = new FunctionFailures(new PrintWriter(shown));

  @Test
  void anAgentThatThrewIsShownWithWhereItDid() {
    failures.accept(
        "agentpost-greeter",
        JsonNodeFactory.instance
            .objectNode()
            .put("message", "attempt")
            .put("stack_trace", "java.lang.IllegalStateException: boom\n\tat a.B.c(B.java:1)")
            .toString());
    assertEquals(
        "agentpost-greeter failed:\n"
            + "  java.lang.IllegalStateException: boom\n"
            + "    at a.B.c(B.java:1)\n",
        shown.toString().replace("\r", ""));
  }

  @Test
  void anEventThatAnAgentMayNotPublishIsShownWithWhatIsWrong() {
    failures.accept(
        "agentpost-greeter",
        "{\"detail\":\"the agent published an event that is not valid\",\"reason\":\"email.sent is"
            + " not valid: /data/to: a value is required\"}");
    assertThat(shown.toString()).contains("/data/to: a value is required");
  }

  @Test
  void aFunctionThatFailedOutrightIsShown() {
    failures.accept(
        "agentpost-greeter", "failed at init: java.lang.IllegalStateException: Not set: BUS_NAME");
    assertThat(shown.toString()).contains("Not set: BUS_NAME");
  }

  @Test
  void aLongTraceIsCutAndSaysWhereTheRestIs() {
    failures.accept(
        "agentpost-greeter",
        "failed: java.lang.StackOverflowError\n" + "\tat a.B.c(B.java:1)\n".repeat(40));
    assertEquals(17, shown.toString().lines().count());
    assertThat(shown.toString()).endsWith("/aws/lambda/agentpost-greeter" + "\n");
  }

  @Test
  void everythingElseStaysInTheLog() {
    failures.accept("agentpost-greeter", "{\"message\":\"attempt\",\"outcome\":\"done\"}");
    failures.accept("agentpost-greeter", "{not JSON");
    failures.accept("agentpost-greeter", "START RequestId: 1");
    assertEquals("", shown.toString());
  }

  @Test
  void aTraceCannotCommandTheTerminal() {
    failures.accept("agentpost-greeter", "failed: java.lang.IllegalStateException: \u001b[2J");
    assertThat(shown.toString()).doesNotContain("\u001b").contains("\\u001b[2J");
  }
}
