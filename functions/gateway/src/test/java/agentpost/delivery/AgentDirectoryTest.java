package agentpost.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.catalog.AgentName;
import agentpost.catalog.KeyType;
import agentpost.health.CircuitStore;
import agentpost.testing.FakeParameters;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentDirectoryTest {
  private static AgentDirectory.Entry find(String entry) {
    FakeParameters parameters =
        new FakeParameters().with("/agentpost/agents/crm", entry.replace('\'', '"'));
    AgentDirectory directory =
        new AgentDirectory(parameters, "/agentpost/agents/", Clock.systemUTC());
    assertThat(directory.findAll().containsKey(new AgentName("crm")))
        .isEqualTo(directory.find(new AgentName("crm")) instanceof AgentDirectory.Entry.Known);
    return directory.find(new AgentName("crm"));
  }

  @Test
  void readsWhatTheCatalogWrites() {
    AgentDirectory.Entry entry =
        find(
            "{'endpoint':'https://crm.example.com/hooks','rate':300,'inFlight':1000,'breaker':{'failures':5,'of':10,'within':600,'open':30,'longest':600},'signature':'ed25519',"
                + "'recovery':{'auto':true,'wait':60,'longest':300},'external':{'challenge':false},'maxAge':3600}");
    assertEquals(
        new AgentDirectory.Entry.Known(
            URI.create("https://crm.example.com/hooks"),
            new AgentSettings(
                300,
                OptionalInt.of(1000),
                Optional.of(
                    new CircuitStore.Limits(
                        5,
                        10,
                        Duration.ofSeconds(600),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(600))),
                Optional.of(
                    new AgentSettings.Recovery(Duration.ofSeconds(60), Duration.ofSeconds(300))),
                Optional.of(new AgentSettings.External(false)),
                KeyType.ED25519,
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
                KeyType.HMAC,
                Duration.ofHours(24))),
        find("{'endpoint':'https://a.example.com/'}"));
    AgentDirectory.Entry.Known external =
        assertInstanceOf(
            AgentDirectory.Entry.Known.class,
            find("{'endpoint':'https://a.example.com/','external':{}}"));
    assertEquals(Optional.of(new AgentSettings.External(true)), external.settings().external());
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
        "'external':true | external must be a JSON object",
        "'external':'yes' | external must be a JSON object",
        "'external':null | external must be a JSON object",
        "'external':[] | external must be a JSON object",
        "'external':1 | external must be a JSON object",
        "'External':{} | an entry has the unknown keys [External]",
        "'extrenal':{'challenge':true} | an entry has the unknown keys [extrenal]",
        "'external':{'chalenge':true} | external has the unknown keys [chalenge]",
        "'external':{'challenge':'false'} | challenge must be true or false",
        "'external':{'challenge':0} | challenge must be true or false",
        "'external':{'challenge':null} | challenge must be true or false",
        "'external':{},'external':{'challenge':false} | one JSON object that has each key once",
        "'rate':'300' | rate must be a whole number from 1 to 300",
        "'rate':0 | rate must be a whole number from 1 to 300",
        "'rate':301 | rate must be a whole number from 1 to 300",
        "'rate':1.5 | rate must be a whole number from 1 to 300",
        "'rate':18446744073709551617 | rate must be a whole number from 1 to 300",
        "'inFlight':0 | inFlight must be a whole number from 1 to 1000",
        "'inFlight':'100' | inFlight must be a whole number from 1 to 1000",
        "'maxAge':86401 | maxAge must be a whole number from 1 to 86400",
        "'maxAge':'1h' | maxAge must be a whole number from 1 to 86400",
        "'breaker':true | breaker must be a JSON object",
        "'breaker':{} | failures must be a whole number",
        "'breaker':{'failures':5,'of':4,'within':600,'open':30,'longest':600} | of must not be less"
            + " than failures",
        "'breaker':{'failures':5,'of':10,'within':600,'open':30,'longest':6} | nor longest than"
            + " open",
        "'breaker':{'failures':5,'of':10,'within':600,'open':30,'longest':600,'x':1} | breaker has"
            + " the unknown keys [x]",
        "'recovery':{'auto':'true','wait':60,'longest':300} | auto must be true or false",
        "'recovery':{'auto':true,'wait':60} | longest must be a whole number",
        "'recovery':{'auto':true,'wait':60,'longest':30} | longest must not be less than wait",
        "'signature':'Ed25519' | signature must be hmac or ed25519",
        "'signature':true | signature must be hmac or ed25519",
        "'signature':null | signature must be hmac or ed25519",
        "'endpoint':'https://b.example.com/' | one JSON object that has each key once"
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
        "[] | must be a JSON object",
        "{'endpoint':'https://a.example.com/'} {'external':{}} | one JSON object",
        "{'endpoint':'https://a.example.com/'},'external':{}} | one JSON object",
        "{'endpoint':'https://a.example.com/' | one JSON object"
      })
  void whatIsNoEntryIsUnusableAndSaysWhy(String entry, String why) {
    assertThat(assertInstanceOf(AgentDirectory.Entry.Unusable.class, find(entry)).why())
        .contains(why);
  }
}
