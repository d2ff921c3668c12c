package agentpost.local.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalContextTest {
  /** Of a power of two and of others, as templates may have them. */
  @ParameterizedTest
  @ValueSource(ints = {128, 512, 1769, 10_240})
  void aFunctionIsToldTheMemoryAndTheTimeThatItsTemplateGivesIt(int memory) {
    FunctionSettings settings =
        new FunctionSettings(
            "f",
            "a.B",
            Map.of(),
            Duration.ofMinutes(15),
            memory,
            OptionalInt.empty(),
            false,
            Optional.empty());
    LocalContext context = new LocalContext(settings, _ -> {});
    assertEquals(memory, context.getMemoryLimitInMB());
    assertEquals("f", context.getFunctionName());
    assertEquals("/aws/lambda/f", context.getLogGroupName());
    assertThat(context.getInvokedFunctionArn()).endsWith(":function:f:live");
    assertThat(context.getRemainingTimeInMillis()).isPositive().isLessThanOrEqualTo(15 * 60 * 1000);
  }
}
