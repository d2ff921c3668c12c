package agentpost.infra.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.infra.catalog.Catalog.SigningPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RotationReaderTest {
  private static final String EXTERNAL =
      "subscribes: [email.sent], external: {url: https://example.com/a}";
  private static final String HOSTED = "subscribes: [email.sent], hosted: {handler: a.B}";
  private static final Duration DAY = Duration.ofDays(1);

  private static Catalog read(String yaml) {
    return CatalogReader.read(
        "agents.yaml",
        yaml,
        EventsOf.types("email.sent"),
        ExtensionNames.of(ExtensionNames.class.getClassLoader()));
  }

  private static SigningPolicy keys(String agent) {
    return read("agents: {crm: {" + agent + "}}").agents().getFirst().keys();
  }

  @Test
  void whatIsHostedIsRotatedEachQuarterAndWhatIsElsewhereByAPersonWithAWeekForIt() {
    assertEquals(new SigningPolicy("hmac", Optional.of(DAY.multipliedBy(90)), DAY), keys(HOSTED));
    assertEquals(new SigningPolicy("hmac", Optional.empty(), DAY.multipliedBy(7)), keys(EXTERNAL));
    List<Catalog.Processor> processors =
        read("agents: {crm: {"
                + EXTERNAL
                + "}}\nprocessors: {a: {hosted: {handler: a.B}}, b: {external: {}}}")
            .processors();
    assertEquals(Optional.of(DAY.multipliedBy(90)), processors.getFirst().keys().interval());
    assertEquals(Optional.empty(), processors.getLast().keys().interval());
  }

  @Test
  void defaultsAreForAllAgentsAndEachMaySayOtherwiseKeyByKey() {
    List<Catalog.Agent> agents =
        read("defaults: {rotation: {interval: 30d}}\nagents: {a: {"
                + HOSTED
                + "}, b: {"
                + EXTERNAL
                + ", rotation: {overlap: 36h}}, c: {"
                + HOSTED
                + ", rotation: off}}")
            .agents();
    assertEquals(
        new SigningPolicy("hmac", Optional.of(DAY.multipliedBy(30)), DAY), agents.get(0).keys());
    assertEquals(
        new SigningPolicy("hmac", Optional.of(DAY.multipliedBy(30)), Duration.ofHours(36)),
        agents.get(1).keys());
    assertEquals(new SigningPolicy("hmac", Optional.empty(), DAY), agents.get(2).keys());
  }

  @Test
  void offForAllMayBeOnForOne() {
    List<Catalog.Agent> agents =
        read("defaults: {rotation: off}\nagents: {a: {"
                + HOSTED
                + "}, b: {"
                + HOSTED
                + ", rotation: {interval: 60d}}}")
            .agents();
    assertEquals(Optional.empty(), agents.getFirst().keys().interval());
    assertEquals(Optional.of(DAY.multipliedBy(60)), agents.getLast().keys().interval());
  }

  @Test
  void anAgentMayHaveAPair() {
    assertThat(keys(EXTERNAL + ", signature: ed25519").scheme()).isEqualTo("ed25519");
    assertThat(keys(EXTERNAL + ", signature: hmac").scheme()).isEqualTo("hmac");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "signature: rsa | agents.crm.signature must be one of ed25519, hmac; got \"rsa\"",
        "rotation: {each: 90d} | agents.crm.rotation.each is not a key; there are interval,"
            + " overlap",
        "rotation: weekly | agents.crm.rotation must be off, or a mapping with interval, overlap;"
            + " got the text \"weekly\"",
        "rotation: {interval: 1d} | agents.crm.rotation.interval must be a duration from 2d to"
            + " 1000d, such as 90s, 30m or 1h; got \"1d\"",
        "rotation: {interval: 49h} | agents.crm.rotation.interval must be whole days, as Secrets"
            + " Manager has them; got 49h",
        "rotation: {overlap: 30m} | agents.crm.rotation.overlap must be a duration from 1h to 90d,"
            + " such as 90s, 30m or 1h; got \"30m\"",
        "rotation: {interval: 2d, overlap: 25h} | agents.crm.rotation.overlap must be a day shorter"
            + " than interval, which is 2d; got 25h",
      })
  void saysWhatIsWrong(String properties, String problem) {
    CatalogException exception =
        catchThrowableOfType(CatalogException.class, () -> keys(HOSTED + ", " + properties));
    assertThat(exception).as("read without complaint").isNotNull();
    assertThat(exception).hasMessage("agents.yaml:\n  " + problem);
  }

  @Test
  void whatIsWrongWithTheDefaultsIsSaidOnce() {
    CatalogException exception =
        catchThrowableOfType(
            CatalogException.class,
            () ->
                read(
                    "defaults: {rotation: {each: 1d}}\nagents: {a: {"
                        + HOSTED
                        + "}, b: {"
                        + HOSTED
                        + "}}"));
    assertThat(exception)
        .hasMessage(
            "agents.yaml:\n  defaults.rotation.each is not a key; there are interval, overlap");
  }

  @Test
  void aSourceHasNoRotationForItsSecretIsTheThirdPartys() {
    CatalogException exception =
        catchThrowableOfType(
            CatalogException.class,
            () ->
                read(
                    "agents: {crm: {"
                        + EXTERNAL
                        + "}}\n"
                        + "sources: {forge: {scheme: github, type: /t, rotation: {interval: 90d},"
                        + " mappings: {a: {event: email.sent, data: {to: /t}}}}}"));
    assertThat(exception).hasMessageContaining("sources.forge.rotation is not a key");
  }
}
