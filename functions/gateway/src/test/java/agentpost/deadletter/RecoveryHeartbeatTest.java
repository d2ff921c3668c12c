package agentpost.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That recovery does not run is seen by what is missing: its heartbeat. */
class RecoveryHeartbeatTest {
  private final RecoveryTestBed world = new RecoveryTestBed();

  @AfterEach
  void close() throws Exception {
    world.close();
  }

  @Test
  void aRunThatEndsIsCounted() throws Exception {
    world.handle();
    assertThat(world.log).hasSize(1);
    JsonNode metric = new JsonMapper().readTree(world.log.getFirst());
    assertEquals(1, metric.path("RecoveryHeartbeat").asInt());
    assertEquals("agentpost", metric.path("Bus").asText());
    assertEquals("[[\"Bus\"]]", metric.at("/_aws/CloudWatchMetrics/0/Dimensions").toString());
  }

  @Test
  void aRunThatFailsIsNot() {
    world.tables.close();
    assertThrows(RuntimeException.class, world::handle);
    assertThat(world.log).noneMatch(line -> line.contains("Heartbeat"));
  }
}
