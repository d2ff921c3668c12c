package agentpost.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import agentpost.catalog.AgentName;
import agentpost.schemas.Json;
import agentpost.testing.Events;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DynamoAgentMemoryTest {
  private final LocalTables tables = new LocalTables();
  private final MovableClock clock = new MovableClock(Events.SIGNED_UP);
  private final AgentMemory memory = memory("tailor");

  private AgentMemory memory(String agent) {
    return new DynamoAgentMemory(
        tables.client(), LocalTables.AGENT_STATE, new AgentName(agent), clock);
  }

  @AfterEach
  void close() {
    tables.close();
  }

  private String version() {
    return tables.state("tailor", "k", "version");
  }

  @Test
  void whatIsNotRememberedIsEmpty() {
    assertEquals(Events.json("{}"), memory.recall("k"));
  }

  @Test
  void numbersAreRememberedWithTheirDigits() {
    String text = "{\"a\":12345678901234567890.25,\"b\":100.0,\"c\":1e2,\"d\":0.0000001}";
    memory.update(
        "k",
        state ->
            state.set(
                "n", Json.parse(text) instanceof Json.Parsed.Read(var value) ? value : state));
    assertEquals("{\"n\":" + text + "}", memory.recall("k").toString());
    memory.update("k", state -> state.put("more", 1));
    assertEquals("{\"n\":" + text + ",\"more\":1}", memory.recall("k").toString());
  }

  @Test
  void aNumberWhoseDigitsAloneChangeIsRememberedAnew() {
    for (String number : List.of("1.0", "1.00", "-0.0", "0.0", "-0", "0")) {
      memory.update(
          "k",
          state ->
              state.set(
                  "n", Json.parse(number) instanceof Json.Parsed.Read(var value) ? value : state));
      assertEquals("{\"n\":" + number + "}", memory.recall("k").toString());
    }
  }

  /**
   * What fits its schema can be remembered: 256 characters are up to 1,024 bytes, and a key may
   * have no more.
   */
  @Test
  void whatIsKnownByLongIdsIsRememberedApart() {
    String face = "\ud83d\ude00".repeat(256);
    for (String end : List.of("a", "b")) {
      memory.update("question#" + face + "#lead#" + end, state -> state.put("of", end));
    }
    assertEquals(Events.json("{'of':'a'}"), memory.recall("question#" + face + "#lead#a"));
    assertEquals(Events.json("{'of':'b'}"), memory.recall("question#" + face + "#lead#b"));
  }

  @Test
  void eachAgentRemembersForItself() {
    memory.update("k", state -> state.put("a", 1));
    assertEquals(Events.json("{'a':1}"), memory.recall("k"));
    assertEquals(Events.json("{}"), memory("cobbler").recall("k"));
  }

  @Test
  void whatChangesNothingWritesNothing() {
    memory.update("k", state -> state.put("a", 1));
    memory.update("k", state -> state.put("a", 1));
    assertEquals("1", version());
    memory.update("k", state -> state.put("a", 2));
    assertEquals("2", version());
  }

  @Test
  void itIsForgottenAQuarterAfterTheLastWrite() {
    memory.update("k", state -> state.put("a", 1));
    clock.move(Duration.ofDays(10));
    memory.update("k", state -> state.put("a", 2));
    assertEquals(
        Long.toString(Events.SIGNED_UP.plus(Duration.ofDays(100)).getEpochSecond()),
        tables.state("tailor", "k", "expires_at"));
  }

  @Test
  void noneOfManyChangesAtTheSameTimeIsLost() throws Exception {
    try (var threads = Executors.newFixedThreadPool(8)) {
      var changes =
          IntStream.range(0, 8)
              .<Callable<Object>>mapToObj(
                  i -> () -> memory.update("k", state -> state.put("writer-" + i, true)))
              .toList();
      for (var change : threads.invokeAll(changes)) {
        change.get();
      }
    }
    assertEquals(8, memory.recall("k").size());
    assertEquals("8", version());
  }

  @Test
  void whoNeverGetsToWriteGivesUp() {
    AgentMemory rival = memory("tailor");
    assertThrows(
        IllegalStateException.class,
        () ->
            memory.update(
                "k",
                state -> {
                  rival.update("k", theirs -> theirs.put("n", theirs.path("n").asInt() + 1));
                  return state.put("mine", true);
                }));
    assertEquals(Events.json("{'n':20}"), memory.recall("k"));
  }
}
