package agentpost.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.testing.FakeParameters;
import agentpost.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SourceDirectoryTest {
  private static final String GITHUB =
      "{\"scheme\":\"github\",\"type\":\"/type\",\"mappings\":{\"a\":{\"event\":\"b\",\"data\":{}}}}";

  private final FakeParameters parameters =
      new FakeParameters().with("/agentpost/sources/forge", GITHUB);
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:01Z"));
  private final SourceDirectory directory =
      new SourceDirectory(
          parameters,
          "/agentpost/sources/",
          Set.of("forge"),
          new SourceParser("https://agentpost.example.com/ingest/", "agentpost/sources/"),
          clock);

  @Test
  void knowsASourceAndAsksOnceAMinute() {
    assertEquals(
        "forge",
        assertInstanceOf(SourceDirectory.Entry.Known.class, directory.find("forge"))
            .source()
            .name()
            .value());
    directory.find("forge");
    assertEquals(1, parameters.calls());
    clock.move(Duration.ofSeconds(61));
    directory.find("forge");
    assertEquals(2, parameters.calls());
  }

  @Test
  void asksNobodyForNamesThatAreNoSources() {
    for (String name : new String[] {"", "crm", "FORGE", "forge/", "../agents/forge"}) {
      assertInstanceOf(SourceDirectory.Entry.Unknown.class, directory.find(name), name);
    }
    assertEquals(0, parameters.calls());
  }

  @Test
  void theLastAnswerServesForTenMinutesWhileParameterStoreIsDown() {
    directory.find("forge");
    parameters.down(true);
    clock.move(Duration.ofMinutes(10));
    assertInstanceOf(SourceDirectory.Entry.Known.class, directory.find("forge"));
    clock.move(Duration.ofMinutes(2));
    assertInstanceOf(SourceDirectory.Entry.Unavailable.class, directory.find("forge"));
    parameters.down(false);
    assertInstanceOf(SourceDirectory.Entry.Known.class, directory.find("forge"));
  }

  @Test
  void anEntryThatDescribesNoSourceIsNoOpenDoor() {
    parameters.with("/agentpost/sources/forge", GITHUB.replace("github", "gitlab"));
    assertTrue(
        assertInstanceOf(SourceDirectory.Entry.Unusable.class, directory.find("forge"))
            .why()
            .startsWith("source forge: scheme must be one of github, shopify,"));
    parameters.without("/agentpost/sources/forge");
    clock.move(Duration.ofMinutes(12));
    assertInstanceOf(SourceDirectory.Entry.Unusable.class, directory.find("forge"));
  }
}
