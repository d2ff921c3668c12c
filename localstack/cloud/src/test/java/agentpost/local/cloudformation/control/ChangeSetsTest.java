package agentpost.local.cloudformation.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.cloudformation.Deployer;
import agentpost.local.cloudformation.StackStatus;
import agentpost.local.cloudformation.SynthesizedStack;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What does not come of templates; {@code ChangeSetsIT} has the rest. */
class ChangeSetsTest {
  /** As of a class that the functions' build left out. */
  @Test
  void anErrorLeavesNoStackUnderWay() throws Exception {
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-03-31T10:30:00Z"));
    StackRegistry registry = new StackRegistry(clock);
    JsonNode template = new JsonMapper().readTree("{\"Resources\":{}}");
    try (ChangeSets sets =
        new ChangeSets(
            registry,
            new Deployer(Map.of(), (_, _) -> ""),
            _ -> {
              throw new NoClassDefFoundError("com/example/Handler");
            },
            clock)) {
      sets.execute(
          sets.create(
              new ChangeSets.Request(
                  "set",
                  new SynthesizedStack(Path.of("."), "shop", template, Map.of(), Map.of()),
                  Map.of(),
                  "",
                  true)));
      await().until(() -> !registry.find("shop").orElseThrow().status().isUnderWay());
    }
    StackRegistry.Summary shop = registry.find("shop").orElseThrow();
    assertThat(shop.status()).isEqualTo(StackStatus.ROLLBACK_FAILED);
    assertThat(shop.reason()).contains("NoClassDefFoundError: com/example/Handler");
  }
}
