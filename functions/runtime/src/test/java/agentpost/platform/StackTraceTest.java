package agentpost.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class StackTraceTest {
  @Test
  void namesWhereAFailureAroseAndWhatCausedIt() {
    String trace =
        StackTrace.of(
            new IllegalStateException("boom", new IllegalArgumentException("no such plan")));
    assertThat(trace)
        .startsWith(
            "java.lang.IllegalStateException: boom\n"
                + "\tat agentpost.platform.StackTraceTest.namesWhereAFailureAroseAndWhatCausedIt(StackTraceTest.java:")
        .contains("\nCaused by: java.lang.IllegalArgumentException: no such plan");
  }

  private static int there(int depth) {
    return backAgain(depth + 1) + 1;
  }

  private static int backAgain(int depth) {
    return there(depth + 1) + 1;
  }

  @Test
  void aStackThatOverflowedIsCutAndItsCauseKept() {
    StackOverflowError overflow = assertThrows(StackOverflowError.class, () -> there(0));
    String trace = StackTrace.of(new IllegalStateException("too deep", overflow));
    assertThat(trace.length()).isLessThanOrEqualTo(StackTrace.MAX_LENGTH + 20);
    assertThat(trace)
        .startsWith("java.lang.IllegalStateException: too deep")
        .contains("Caused by: java.lang.StackOverflowError")
        .contains("frames left out");
    assertThat(
            trace
                .lines()
                .filter(line -> line.contains(".there(") || line.contains(".backAgain("))
                .count())
        .isEqualTo(StackTrace.MAX_FRAMES);
  }

  @Test
  void aChainOfCausesIsBounded() {
    Throwable failure = new IllegalStateException("x".repeat(100_000));
    for (int i = 0; i < 1_000; i++) {
      failure = new IllegalStateException("y".repeat(1_000) + i, failure);
    }
    assertThat(StackTrace.of(failure).length()).isLessThanOrEqualTo(StackTrace.MAX_LENGTH + 20);
    assertThat(StackTrace.headline(failure).length()).isLessThan(600);
  }

  @Test
  void aCauseThatCausesItselfEnds() {
    IllegalStateException one = new IllegalStateException("one");
    IllegalStateException two = new IllegalStateException("two", one);
    one.initCause(two);
    assertThat(StackTrace.of(one)).contains("CIRCULAR REFERENCE");
  }

  @Test
  void secretsThatMessagesQuoteAreLeftOut() {
    String trace =
        StackTrace.of(
            new IllegalStateException(
                "no key whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                new IllegalStateException(
                    "whsk_AAAAB3NzaC1= sent as Authorization: Bearer abc.def-ghi")));
    assertThat(trace)
        .doesNotContain("MfKQ9")
        .doesNotContain("AAAAB3")
        .doesNotContain("abc.def")
        .contains("no key whsec_…")
        .contains("Bearer …");
    assertEquals(
        "java.lang.IllegalStateException: whsec_…",
        StackTrace.headline(new IllegalStateException("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")));
  }

  @Test
  void aMessageOfSeveralLinesIsOneHeadline() {
    assertEquals(
        "java.lang.IllegalStateException: a b",
        StackTrace.headline(new IllegalStateException("a\nb")));
  }
}
