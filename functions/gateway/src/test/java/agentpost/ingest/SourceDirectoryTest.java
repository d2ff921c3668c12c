package agentpost.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.testing.FakeDirectory;
import agentpost.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SourceDirectoryTest {
  private static final String GITHUB =
      "{\"scheme\":\"github\",\"type\":\"/type\",\"mappings\":{\"a\":{\"event\":\"b\",\"data\":{}}}}";

  private final FakeDirectory service = new FakeDirectory().with("forge", GITHUB);
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:01Z"));
  private final SourceDirectory directory =
      new SourceDirectory(
          service,
          FakeDirectory.SOURCES,
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
    assertEquals(1, service.calls());
    clock.move(Duration.ofSeconds(61));
    directory.find("forge");
    assertEquals(2, service.calls());
  }

  @Test
  void asksNobodyForNamesThatAreNoSources() {
    for (String name : new String[] {"", "crm", "FORGE", "forge/", "../agents/forge"}) {
      assertInstanceOf(SourceDirectory.Entry.Unknown.class, directory.find(name), name);
    }
    assertEquals(0, service.calls());
  }

  @Test
  void whileTheDirectoryCannotBeReadTheLastAnswerServes() {
    service.down(true);
    assertInstanceOf(SourceDirectory.Entry.Unavailable.class, directory.find("forge"));
    service.down(false);
    clock.move(Duration.ofSeconds(1));
    assertInstanceOf(SourceDirectory.Entry.Known.class, directory.find("forge"));
    service.down(true);
    clock.move(Duration.ofDays(1));
    assertInstanceOf(SourceDirectory.Entry.Known.class, directory.find("forge"));
  }

  @Test
  void anEntryThatDescribesNoSourceIsNoOpenDoor() {
    service.with("forge", GITHUB.replace("github", "gitlab"));
    assertTrue(
        assertInstanceOf(SourceDirectory.Entry.Unusable.class, directory.find("forge"))
            .why()
            .startsWith("source forge: scheme must be one of github, shopify,"));
    service.without("forge");
    clock.move(Duration.ofMinutes(12));
    assertInstanceOf(SourceDirectory.Entry.Unusable.class, directory.find("forge"));
  }
}
