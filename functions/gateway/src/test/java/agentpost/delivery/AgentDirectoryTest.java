package agentpost.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.catalog.BreakerPolicy;
import agentpost.catalog.RecoveryPolicy;
import agentpost.directory.DirectoryUnavailableException;
import agentpost.testing.FakeDirectory;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentDirectoryTest {
  private static AgentDirectory directory(String entry) {
    return new AgentDirectory(
        new FakeDirectory().with("crm", entry.replace('\'', '"')),
        FakeDirectory.AGENTS,
        Clock.systemUTC());
  }

  private static AgentDirectory.Entry find(String entry) {
    AgentDirectory directory = directory(entry);
    assertThat(directory.findAll().containsKey(new AgentName("crm")))
        .isEqualTo(directory.find(new AgentName("crm")) instanceof AgentDirectory.Entry.Known);
    return directory.find(new AgentName("crm"));
  }

  @Test
  void readsWhatTheCatalogWrites() {
    AgentDirectory.Entry entry =
        find(
            "{'endpoint':'https://crm.example.com/hooks','rate':300,'inFlight':1000,'breaker':{'failureThreshold':5,'windowSize':10,'window':600,'openDuration':30,'maxOpenDuration':600},'signature':'ed25519',"
                + "'recovery':{'enabled':true,'initialBackoff':60,'maxBackoff':300},'external':{'challenge':false},'maxAge':3600}");
    assertEquals(
        new AgentDirectory.Entry.Known(
            URI.create("https://crm.example.com/hooks"),
            new AgentSettings(
                300,
                OptionalInt.of(1000),
                Optional.of(
                    new BreakerPolicy(
                        5,
                        10,
                        Duration.ofSeconds(600),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(600))),
                Optional.of(new RecoveryPolicy(Duration.ofSeconds(60), Duration.ofSeconds(300))),
                Optional.of(new AgentSettings.External(false, "webhook")),
                "ed25519",
                Duration.ofHours(1))),
        entry);
  }

  @Test
  void whatIsNotThereIsOffAndAnExternalOneIsAsked() {
    assertEquals(
        new AgentDirectory.Entry.Known(
            URI.create("https://a.example.com/"),
            new AgentSettings(
                10,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "hmac",
                Duration.ofHours(24))),
        find("{'endpoint':'https://a.example.com/'}"));
    AgentDirectory.Entry.Known external =
        assertInstanceOf(
            AgentDirectory.Entry.Known.class,
            find("{'endpoint':'https://a.example.com/','external':{}}"));
    assertEquals(
        Optional.of(new AgentSettings.External(true, "webhook")), external.settings().external());
  }

  /**
   * Each of these was read as something: the first ones as an agent of our own, whose URL nobody
   * looks at.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'external':true | external must be a mapping with challenge, dialect; got true",
        "'external':'yes' | external must be a mapping",
        "'external':null | external must not be null",
        "'external':[] | external must be a mapping",
        "'external':1 | external must be a mapping",
        "'External':{} | External is not a key; there are endpoint",
        "'extrenal':{'challenge':true} | extrenal is not a key; there are endpoint",
        "'external':{'chalenge':true} | external.chalenge is not a key; there are challenge,"
            + " dialect",
        "'external':{'challenge':'false'} | challenge must be true or false",
        "'external':{'dialect':'smoke'} | external.dialect must be one of webhook; got",
        "'external':{'challenge':0} | challenge must be true or false",
        "'external':{'challenge':null} | external.challenge must not be null",
        "'rate':'300' | rate must be a whole number from 1 to 300",
        "'rate':0 | rate must be a whole number from 1 to 300",
        "'rate':301 | rate must be a whole number from 1 to 300",
        "'rate':1.5 | rate must be a whole number from 1 to 300",
        "'rate':18446744073709551617 | rate must be a whole number from 1 to 300",
        "'inFlight':0 | inFlight must be a whole number from 1 to 1000",
        "'inFlight':'100' | inFlight must be a whole number from 1 to 1000",
        "'maxAge':86401 | maxAge must be a whole number from 1 to 86400",
        "'maxAge':'1h' | maxAge must be a whole number from 1 to 86400",
        "'breaker':true | breaker must be a mapping",
        "'breaker':{} | breaker.failureThreshold must be there",
        "'breaker':{'failureThreshold':5,'windowSize':4,'window':600,'openDuration':30,'maxOpenDuration':600}"
            + " | failureThreshold must be no more than windowSize",
        "'breaker':{'failureThreshold':5,'windowSize':10,'window':600,'openDuration':30,'maxOpenDuration':6}"
            + " | breaker.maxOpenDuration must be no shorter than openDuration, which is 30s; got"
            + " 6s",
        "'breaker':{'failureThreshold':5,'windowSize':10,'window':600,'openDuration':30,'maxOpenDuration':600,'x':1}"
            + " | breaker.x is not a key",
        "'recovery':{'enabled':'true','initialBackoff':60,'maxBackoff':300} | enabled must be true"
            + " or false",
        "'recovery':{'enabled':true,'initialBackoff':60} | recovery.maxBackoff must be there",
        "'recovery':{'enabled':true,'initialBackoff':60,'maxBackoff':30} | recovery.maxBackoff must"
            + " be no shorter than initialBackoff",
        "'signature':'Ed25519' | signature must be one of ed25519, hmac; got",
        "'signature':true | signature must be one of ed25519, hmac; got true",
        "'signature':null | signature must not be null"
      })
  void whatIsNotUnderstoodIsUnusableAndSaysWhy(String setting, String why) {
    AgentDirectory.Entry.Unusable unusable =
        assertInstanceOf(
            AgentDirectory.Entry.Unusable.class,
            find("{'endpoint':'https://a.example.com/'," + setting + "}"));
    assertThat(unusable.why()).contains("crm", why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | endpoint",
        "{'endpoint':5} | endpoint",
        "{'endpoint':'http://a.example.com/'} | endpoint",
        "{'endpoint':'https://user@a.example.com/'} | endpoint",
        "{'endpoint':'https://a b'} | endpoint",
        "'https://a.example.com/' | must be a JSON object",
        "[] | must be a JSON object"
      })
  void whatIsNoEntryIsUnusableAndSaysWhy(String entry, String why) {
    assertThat(assertInstanceOf(AgentDirectory.Entry.Unusable.class, find(entry)).why())
        .contains(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'endpoint':'https://a.example.com/','external':{},'external':{'challenge':false}}",
        "{'endpoint':'https://a.example.com/','endpoint':'https://b.example.com/'}",
        "{'endpoint':'https://a.example.com/'} {'external':{}}",
        "{'endpoint':'https://a.example.com/'},'external':{}}",
        "{'endpoint':'https://a.example.com/'"
      })
  void whatIsNoDirectoryIsUnavailableAndSaysWhy(String entry) {
    AgentDirectory directory = directory(entry);
    assertThat(
            assertInstanceOf(
                    AgentDirectory.Entry.Unavailable.class, directory.find(new AgentName("crm")))
                .why())
        .contains("agentpost/directory/agents", "one JSON object");
    assertThatThrownBy(directory::findAll).isInstanceOf(DirectoryUnavailableException.class);
  }
}
