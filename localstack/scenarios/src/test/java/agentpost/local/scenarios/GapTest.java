package agentpost.local.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A gap that no scenario hits is none. */
class GapTest {
  @Test
  void everyGapIsHitByAScenario() {
    assertThat(
            Arrays.stream(Scenarios.class.getInterfaces())
                .flatMap(group -> Arrays.stream(group.getDeclaredMethods()))
                .flatMap(scenario -> Stream.ofNullable(scenario.getAnnotation(Hits.class)))
                .flatMap(hits -> Arrays.stream(hits.value())))
        .contains(Gap.values());
  }
}
