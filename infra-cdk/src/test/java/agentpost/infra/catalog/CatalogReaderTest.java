package agentpost.infra.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.BreakerPolicy;
import agentpost.catalog.RecoveryPolicy;
import agentpost.infra.catalog.Catalog.Capability;
import agentpost.infra.catalog.Catalog.Placement;
import agentpost.infra.catalog.Catalog.Retry;
import agentpost.infra.catalog.Catalog.Work;
import agentpost.schemas.EventSchemas;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogReaderTest {
  private static final EventSchemas EVENTS = EventsOf.types("user.signed_up", "email.sent");

  private static Catalog read(String yaml) {
    return CatalogReader.read(
        "agents.yaml", yaml, EVENTS, ExtensionNames.of(ExtensionNames.class.getClassLoader()));
  }

  private static Catalog.Agent agent(String properties) {
    return read("agents: {crm: {" + properties + "}}").agents().getFirst();
  }

  /** The problems, one a line, without the file's name. */
  private static List<String> problems(String yaml) {
    CatalogException exception = catchThrowableOfType(CatalogException.class, () -> read(yaml));
    assertThat(exception).as("read without complaint: %s", yaml).isNotNull();
    assertThat(exception).hasMessageStartingWith("agents.yaml:\n  ");
    return String.valueOf(exception.getMessage()).lines().skip(1).map(String::strip).toList();
  }

  /** The one problem of an agent {@code crm} that is all right but for these properties. */
  private static String problem(String properties) {
    List<String> problems = problems("agents: {crm: {" + properties + "}}");
    assertThat(problems).hasSize(1);
    return problems.getFirst();
  }

  @Test
  void anExternalAgentNeedsOneLine() {
    Catalog.Agent agent =
        agent("subscribes: [user.signed_up], external: {url: https://crm.example.com/hooks}");
    assertEquals("crm", agent.name());
    assertEquals(
        new Placement.External(
            URI.create("https://crm.example.com/hooks"),
            new AgentSettings.External(true, "webhook")),
        agent.place());
    assertEquals(
        List.of(new Catalog.Subscription("user.signed_up", Optional.empty())),
        agent.subscriptions());
  }

  @Test
  void whatAnAgentDoesNotSayComesFromTheDefaultsKeyByKey() {
    Catalog catalog =
        read(
            """
            defaults: {rate: 7, inFlight: 20, retry: {attempts: 3, maxAge: 90s}}
            agents:
              quiet: {subscribes: [email.sent], external: {url: https://example.com/a}}
              own: {subscribes: [email.sent], external: {url: https://example.com/b}, rate: 9, inFlight: 5, retry: {attempts: 0}}
            """);
    assertEquals(7, catalog.agents().getFirst().rate());
    assertEquals(20, catalog.agents().getFirst().inFlight());
    assertEquals(5, catalog.agents().getLast().inFlight());
    assertEquals(new Retry(3, Duration.ofSeconds(90)), catalog.agents().getFirst().retry());
    assertEquals(9, catalog.agents().getLast().rate());
    assertEquals(new Retry(0, Duration.ofSeconds(90)), catalog.agents().getLast().retry());
  }

  @Test
  void withoutDefaultsAnAgentGetsWhatEventBridgeGives() {
    Catalog.Agent agent = agent("subscribes: [email.sent], external: {url: https://example.com/a}");
    assertEquals(300, agent.rate());
    assertEquals(100, agent.inFlight());
    assertEquals(new Retry(185, Duration.ofHours(24)), agent.retry());
  }

  @Test
  void aSubscriptionMayHaveAPattern() {
    Catalog.Agent agent =
        agent(
            "subscribes: [{event: email.sent, where: {data: {to: [{suffix: '@example.com'}]}}}],"
                + " external: {url: https://example.com/a}");
    assertEquals(
        "{\"data\":{\"to\":[{\"suffix\":\"@example.com\"}]}}",
        agent.subscriptions().getFirst().where().orElseThrow().toString());
  }

  @Test
  void aPatternMayHaveAlternatives() {
    String where = "{$or: [{data: {plan: [pro]}}, {data: {plan: [free], location: [US]}}]}";
    assertThat(
            agent(
                    "subscribes: [{event: email.sent, where: "
                        + where
                        + "}], external: {url: https://example.com/a}")
                .subscriptions()
                .getFirst()
                .where())
        .isPresent();
  }

  @Test
  void aHostedAgentSaysWhatItUses() {
    Catalog catalog =
        read(
            """
            email: {from: a@example.com, support: b@example.com}
            agents: {crm: {subscribes: [email.sent], hosted: {handler: agentpost.agent.CrmHandler, uses: [email, state]}}}
            """);
    assertEquals(
        new Placement.Hosted(
            "agentpost.agent.CrmHandler",
            Set.of(Capability.EMAIL, Capability.STATE),
            OptionalInt.empty()),
        catalog.agents().getFirst().place());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "inFlight: 0 | agents.crm.inFlight must be a whole number from 1 to 1000; got 0",
        "inFlight: 1001 | agents.crm.inFlight must be a whole number from 1 to 1000; got 1001",
        "inFlight: off | agents.crm.inFlight must be a whole number from 1 to 1000; got false",
        "rate: 0 | agents.crm.rate must be a whole number from 1 to 300; got 0",
        "rate: 301 | agents.crm.rate must be a whole number from 1 to 300; got 301",
        "rate: 2.5 | agents.crm.rate must be a whole number from 1 to 300; got 2.5",
        "rate: '5' | agents.crm.rate must be a whole number from 1 to 300; got \"5\"",
        "retry: {attempts: -1} | agents.crm.retry.attempts must be a whole number from 0 to 185;"
            + " got -1",
        "retry: {attempts: 186} | agents.crm.retry.attempts must be a whole number from 0 to 185;"
            + " got 186",
        "retry: 5 | agents.crm.retry must be a mapping with attempts, maxAge; got 5",
        "retry: {maxAge: 59s} | agents.crm.retry.maxAge must be a duration from 60s to 24h, such as"
            + " 90s, 30m or 1h; got \"59s\"",
        "retry: {maxAge: 25h} | agents.crm.retry.maxAge must be a duration from 60s to 24h, such as"
            + " 90s, 30m or 1h; got \"25h\"",
        "retry: {maxAge: 600} | agents.crm.retry.maxAge must be a duration from 60s to 24h, such as"
            + " 90s, 30m or 1h; got 600",
        "retry: {maxAge: 2d} | agents.crm.retry.maxAge must be a duration from 60s to 24h, such as"
            + " 90s, 30m or 1h; got \"2d\"",
        "retry: {maxage: 1h} | agents.crm.retry.maxage is not a key; there are attempts, maxAge",
        "rates: 5 | agents.crm.rates is not a key; there are subscribes, hosted, external, rate,"
            + " inFlight, retry, breaker, recovery, from, rotation, signature, dashboard",
      })
  void aBadRateOrRetryIsNamed(String property, String problem) {
    assertEquals(
        problem,
        problem("subscribes: [email.sent], external: {url: https://example.com/a}, " + property));
  }

  private static final String CRM =
      "subscribes: [email.sent], external: {url: https://example.com/a}";

  @Test
  void withoutAWordAnAgentHasABreakerAndItsLettersRecover() {
    Catalog.Agent agent = agent(CRM);
    assertEquals(
        Optional.of(
            new BreakerPolicy(
                5, 10, Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofMinutes(10))),
        agent.breaker());
    assertEquals(
        Optional.of(new RecoveryPolicy(Duration.ofMinutes(1), Duration.ofMinutes(15))),
        agent.recovery());
  }

  @Test
  void breakersAndRecoveriesComeFromTheDefaultsKeyByKey() {
    List<Catalog.Agent> agents =
        read("""
        defaults: {breaker: {failureThreshold: 3, openDuration: 1m}, recovery: {initialBackoff: 2m}}
        agents:
          quiet: {subscribes: [email.sent], external: {url: https://example.com/a}}
          own: {subscribes: [email.sent], external: {url: https://example.com/b}, breaker: {windowSize: 20, window: 1h, maxOpenDuration: 2h}, recovery: {maxBackoff: 1h}}
          none: {subscribes: [email.sent], external: {url: https://example.com/c}, breaker: off, recovery: {enabled: false}}
          off: {subscribes: [email.sent], external: {url: https://example.com/d}, breaker: 'off', recovery: off}
        """)
            .agents();
    assertEquals(
        Optional.of(
            new BreakerPolicy(
                3, 10, Duration.ofMinutes(10), Duration.ofMinutes(1), Duration.ofMinutes(10))),
        agents.get(0).breaker());
    assertEquals(
        Optional.of(new RecoveryPolicy(Duration.ofMinutes(2), Duration.ofMinutes(15))),
        agents.get(0).recovery());
    assertEquals(
        Optional.of(
            new BreakerPolicy(
                3, 20, Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofHours(2))),
        agents.get(1).breaker());
    assertEquals(
        Optional.of(new RecoveryPolicy(Duration.ofMinutes(2), Duration.ofHours(1))),
        agents.get(1).recovery());
    assertEquals(Optional.empty(), agents.get(2).breaker());
    assertEquals(Optional.empty(), agents.get(2).recovery());
    assertEquals(Optional.empty(), agents.get(3).breaker());
    assertEquals(Optional.empty(), agents.get(3).recovery());
  }

  /** Every key that had another name: whoever still writes it is told the one it has now. */
  @ParameterizedTest
  @CsvSource({
    "breaker, failures, failureThreshold",
    "breaker, of, windowSize",
    "breaker, within, window",
    "breaker, open, openDuration",
    "breaker, longest, maxOpenDuration",
    "recovery, auto, enabled",
    "recovery, wait, initialBackoff",
    "recovery, longest, maxBackoff",
    "rotation, every, interval",
  })
  void aKeyOfBeforeIsRefusedWithItsNewName(String section, String before, String now) {
    String old = section + ": {" + before + ": 5}";
    assertThat(problems("agents: {crm: {" + CRM + ", " + old + "}}"))
        .containsExactly("agents.crm." + section + "." + before + " is now called " + now);
    assertThat(problems("defaults: {" + old + "}\nagents: {crm: {" + CRM + "}}"))
        .containsExactly("defaults." + section + "." + before + " is now called " + now);
  }

  @Test
  void whatIsOffByDefaultIsOnWhereAnAgentSaysSo() {
    List<Catalog.Agent> agents =
        read("""
        defaults: {breaker: off, recovery: {enabled: false}}
        agents:
          quiet: {subscribes: [email.sent], external: {url: https://example.com/a}, recovery: {initialBackoff: 5m}}
          own: {subscribes: [email.sent], external: {url: https://example.com/b}, breaker: {failureThreshold: 2}, recovery: {enabled: true}}
        """)
            .agents();
    assertEquals(Optional.empty(), agents.getFirst().breaker());
    assertEquals(Optional.empty(), agents.getFirst().recovery());
    assertEquals(Optional.of(2), agents.getLast().breaker().map(BreakerPolicy::failureThreshold));
    assertTrue(agents.getLast().recovery().isPresent());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "breaker: on | agents.crm.breaker must be off, or a mapping with failureThreshold,"
            + " windowSize, window, openDuration, maxOpenDuration; got true",
        "breaker: 5 | agents.crm.breaker must be off, or a mapping with failureThreshold,"
            + " windowSize, window, openDuration, maxOpenDuration; got 5",
        "breaker: {failure: 5} | agents.crm.breaker.failure is not a key; there are"
            + " failureThreshold, windowSize, window, openDuration, maxOpenDuration",
        "breaker: {failureThreshold: 0} | agents.crm.breaker.failureThreshold must be a whole"
            + " number from 1 to 100; got 0",
        "breaker: {windowSize: 101} | agents.crm.breaker.windowSize must be a whole number from 1"
            + " to 100; got 101",
        "breaker: {failureThreshold: 11} | agents.crm.breaker.failureThreshold must be no more than"
            + " windowSize, which is 10; got 11",
        "breaker: {windowSize: 4} | agents.crm.breaker.failureThreshold must be no more than"
            + " windowSize, which is 4; got 5",
        "breaker: {window: 59s} | agents.crm.breaker.window must be a duration from 1m to 24h, such"
            + " as 90s, 30m or 1h; got \"59s\"",
        "breaker: {openDuration: 4s} | agents.crm.breaker.openDuration must be a duration from 5s"
            + " to 1h, such as 90s, 30m or 1h; got \"4s\"",
        "breaker: {openDuration: 61m} | agents.crm.breaker.openDuration must be a duration from 5s"
            + " to 1h, such as 90s, 30m or 1h; got \"61m\"",
        "breaker: {maxOpenDuration: 20s} | agents.crm.breaker.maxOpenDuration must be no shorter"
            + " than openDuration, which is 30s; got 20s",
        "breaker: {maxOpenDuration: 25h} | agents.crm.breaker.maxOpenDuration must be a duration"
            + " from 5s to 24h, such as 90s, 30m or 1h; got \"25h\"",
        "recovery: often | agents.crm.recovery must be off, or a mapping with enabled,"
            + " initialBackoff, maxBackoff; got the text \"often\"",
        "recovery: {enabled: perhaps} | agents.crm.recovery.enabled must be true or false; got"
            + " \"perhaps\"",
        "recovery: {enabled: false, initialBackoff: 1s} | agents.crm.recovery.initialBackoff must"
            + " be a duration from 1m to 24h, such as 90s, 30m or 1h; got \"1s\"",
        "recovery: {automatic: true} | agents.crm.recovery.automatic is not a key; there are"
            + " enabled, initialBackoff, maxBackoff",
        "recovery: {initialBackoff: 30s} | agents.crm.recovery.initialBackoff must be a duration"
            + " from 1m to 24h, such as 90s, 30m or 1h; got \"30s\"",
        "recovery: {initialBackoff: 20m} | agents.crm.recovery.maxBackoff must be no shorter than"
            + " initialBackoff, which is 1200s; got 900s",
      })
  void aBadBreakerOrRecoveryIsNamed(String property, String problem) {
    assertEquals(problem, problem(CRM + ", " + property));
  }

  @ParameterizedTest
  @CsvSource({"60s, 60", "1m, 60", "86400s, 86400", "1440m, 86400", "24h, 86400"})
  void anAgeIsInSecondsMinutesOrHours(String text, int seconds) {
    Catalog.Agent agent =
        agent(
            "subscribes: [email.sent], external: {url: https://example.com/a}, retry: {maxAge: "
                + text
                + "}");
    assertEquals(Duration.ofSeconds(seconds), agent.retry().maxAge());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[user.signed_in] | agents.crm.subscribes[0] must be an event type of events-schemas"
            + " (email.sent, user.signed_up); got the text \"user.signed_in\"",
        "[email.sent, 5] | agents.crm.subscribes[1] must be an event type of events-schemas"
            + " (email.sent, user.signed_up); got 5",
        "[{event: nothing}] | agents.crm.subscribes[0].event must be an event type of"
            + " events-schemas (email.sent, user.signed_up); got the text \"nothing\"",
        "[{where: {}}] | agents.crm.subscribes[0].event must be an event type of events-schemas"
            + " (email.sent, user.signed_up); got nothing",
        "[{event: email.sent, were: {}}] | agents.crm.subscribes[0].were is not a key; there are"
            + " event, where",
        "[{event: email.sent, where: yes please}] | agents.crm.subscribes[0].where is not an"
            + " EventBridge pattern: it must be a mapping",
        "[] | agents.crm.subscribes must be a list of event types; there are email.sent,"
            + " user.signed_up",
        "email.sent | agents.crm.subscribes must be a list of event types; there are email.sent,"
            + " user.signed_up",
      })
  void aBadSubscriptionIsNamed(String subscribes, String problem) {
    assertThat(
            problems(
                "agents: {crm: {subscribes: "
                    + subscribes
                    + ", external: {url: https://example.com/a}}}"))
        .contains(problem);
  }

  @Test
  void aPatternThatEventBridgeRefusesIsRefusedHere() {
    String problem =
        problem(
            "subscribes: [{event: email.sent, where: {data: {to: [{prefx: a}]}}}], external: {url:"
                + " https://example.com/a}");
    assertThat(problem)
        .isEqualTo(
            "agents.crm.subscribes[0].where is not an EventBridge pattern: Unrecognized match type"
                + " prefx");
  }

  @Test
  void anAgentLivesInOnePlace() {
    String either =
        "agents.crm must have either hosted: {handler: …} or external: {url: https://…}";
    assertThat(problems("agents: {crm: {subscribes: [email.sent]}}")).containsExactly(either);
    assertEquals(
        either,
        problem(
            "subscribes: [email.sent], hosted: {handler: agentpost.agent.CrmHandler}, external:"
                + " {url: https://example.com/a}"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://example.com/a",
    "example.com/a",
    "https:///a",
    "https://user:password@example.com/a",
    "https://example.com/a#b",
    "https://my_host.example.com/a",
    "'https://example.com/a b'",
  })
  void anExternalAgentHasAnHttpsUrl(String url) {
    assertEquals(
        "agents.crm.external.url must be an https URL with a host of letters, digits, hyphens and"
            + " dots, and without user information and fragment; got \""
            + url
            + "\"",
        problem("subscribes: [email.sent], external: {url: '" + url + "'}"));
  }

  @Test
  void aHandlerIsAClassAndUsesAreKnown() {
    assertEquals(
        "agents.crm.hosted.handler must be a class, such as agentpost.onboarding.WelcomeHandler;"
            + " got \"crm\"",
        problem("subscribes: [email.sent], hosted: {handler: crm}"));
    assertEquals(
        "agents.crm.hosted.uses has \"mail\"; there are email, support, state, updates, schedule,"
            + " cancel, operations",
        problem("subscribes: [email.sent], hosted: {handler: a.B, uses: [mail]}"));
    assertEquals(
        "agents.crm.hosted.uses must be a list of email, support, state, updates, schedule, cancel,"
            + " operations",
        problem("subscribes: [email.sent], hosted: {handler: a.B, uses: state}"));
    assertEquals(
        "agents.crm.hosted.uses has email or support, so the catalog needs email: {from: …,"
            + " support: …}",
        problem("subscribes: [email.sent], hosted: {handler: a.B, uses: [email]}"));
  }

  @ParameterizedTest
  @CsvSource({
    "Crm",
    "2crm",
    "crm_agent",
    "crm--agent",
    "crm-",
    "a2345678901234567890123456789012345678901",
    "crm.agent",
    "''"
  })
  void aBadNameIsNamed(String name) {
    assertThat(
            problems(
                "agents: {'"
                    + name
                    + "': {subscribes: [email.sent], external: {url: https://example.com/a}}}"))
        .containsExactly(
            "agents."
                + name
                + " is not a name: lower-case letters, digits and single hyphens, a letter first,"
                + " at most 40 characters");
  }

  @Test
  void anAgentCannotTakeTheNameOfAPart() {
    assertThat(
            problems(
                "agents: {relay: {subscribes: [email.sent], external: {url:"
                    + " https://example.com/a}}}"))
        .containsExactly(
            "agents.relay is a name that a part of agentpost has; taken are alarms, alerts,"
                + " callback-handler, ingest, keys, log, process-complete, process-data, recovery,"
                + " redrive, relay, rotation, schedules, timeout-handler");
  }

  /**
   * Rights go by names: who has one of these would write the claims of sources or of the worker, or
   * publish as agentpost does.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ingest-crm | agents.ingest-crm begins with ingest-, as the claims of sources do, which the"
            + " ingest function may write; choose another name",
        "ingest-nothing-there-is | agents.ingest-nothing-there-is begins with ingest-, as the"
            + " claims of sources do, which the ingest function may write; choose another name",
        "calendar-worker | agents.calendar-worker is the name that the claims of"
            + " processors.calendar's worker have; choose another name",
        "printer-worker | agents.printer-worker is the name that the claims of processors.printer's"
            + " worker have; choose another name",
        "operations | agents.operations is the source of agentpost's own events, and nobody else"
            + " may publish under it; choose another name",
        "health | agents.health is the source of agentpost's own events, and nobody else may"
            + " publish under it; choose another name",
        "book-demo | agents.book-demo is a name of the workflow that -c workflow=true adds; choose"
            + " another name",
        "start-operation | agents.start-operation is a name of the workflow that -c workflow=true"
            + " adds; choose another name",
        "replay-crm | agents.replay-crm begins with replay-, as the rules of replays do, which"
            + " every dead-letter queue lets in; choose another name"
      })
  void anAgentCannotHaveANameThatWouldShareSomething(String name, String problem) {
    String processors =
        "processors: {calendar: {hosted: {handler: agentpost.calendar.CalendarHandler}}, printer:"
            + " {external: {}}}\n";
    assertThat(
            problems(
                processors
                    + "agents: {"
                    + name
                    + ": {subscribes: [email.sent], hosted: {handler:"
                    + " agentpost.agent.CrmHandler}}}"))
        .containsExactly(problem);
    assertThat(
            problems(
                processors
                    + "agents: {"
                    + name
                    + ": {subscribes: [email.sent], external: {url: https://example.com/a}}}"))
        .containsExactly(problem);
  }

  @Test
  void aProcessorCannotHaveTheNameOfAnothersWorker() {
    assertThat(
            problems(
                ONE_AGENT
                    + "processors: {calendar: {external: {}}, calendar-worker: {external: {}}}"))
        .containsExactly(
            "processors.calendar-worker is the name that the claims of processors.calendar's worker"
                + " have; choose another name");
    assertThat(problems(ONE_AGENT + "processors: {ingest-crm: {external: {}}}"))
        .singleElement()
        .asString()
        .startsWith("processors.ingest-crm begins with ingest-");
    assertThat(
            read("agents: {worker: {subscribes: [email.sent], external: {url:"
                    + " https://example.com/a}}, a-worker: {subscribes: [email.sent], external:"
                    + " {url: https://example.com/b}}}")
                .agents())
        .hasSize(2);
  }

  /** {@code /webhooks/process-complete} takes callbacks. */
  @Test
  void anAgentCannotTakeTheRouteOfCallbacks() {
    assertThat(
            problems(
                "agents: {process-complete: {subscribes: [email.sent], external: {url:"
                    + " https://example.com/a}}}"))
        .containsExactly(
            "agents.process-complete is a name that a part of agentpost has; taken are alarms,"
                + " alerts, callback-handler, ingest, keys, log, process-complete, process-data,"
                + " recovery, redrive, relay, rotation, schedules, timeout-handler");
  }

  @Test
  void aHostedAgentMaySayHowMuchItHandlesAtATime() {
    assertEquals(
        new Placement.Hosted("agentpost.agent.CrmHandler", Set.of(), OptionalInt.of(2)),
        agent(
                "subscribes: [email.sent], hosted: {handler: agentpost.agent.CrmHandler,"
                    + " concurrency: 2}")
            .place());
  }

  @ParameterizedTest
  @CsvSource({"0", "901", "1.5", "many"})
  void aBadConcurrencyIsNamed(String value) {
    assertThat(
            problem("subscribes: [email.sent], hosted: {handler: a.B, concurrency: " + value + "}"))
        .startsWith("agents.crm.hosted.concurrency must be a whole number from 1 to 900; got ");
  }

  private static final String ONE_AGENT =
      "agents: {crm: {subscribes: [email.sent], external: {url: https://example.com/a}}}\n";

  @Test
  void processorsAreHostedOrElsewhere() {
    Catalog catalog =
        read(
            ONE_AGENT
                + "processors: {calendar: {hosted: {handler: agentpost.calendar.CalendarHandler,"
                + " concurrency: 3}}, printer: {external: {}}}");
    assertEquals(
        Map.of(
            "calendar",
            new Work.Hosted("agentpost.calendar.CalendarHandler", 3),
            "printer",
            new Work.External()),
        catalog.processors().stream()
            .collect(Collectors.toMap(Catalog.Processor::name, Catalog.Processor::work)));
    assertEquals("calendar", catalog.hostedProcessor().orElseThrow().name());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Calendar: {external: {}} | processors.Calendar is not a name: lower-case letters, digits"
            + " and single hyphens, a letter first, at most 40 characters",
        "relay: {external: {}} | processors.relay is a name that a part of agentpost has; taken are"
            + " alarms, alerts, callback-handler, ingest, keys, log, process-complete,"
            + " process-data, recovery, redrive, relay, rotation, schedules, timeout-handler",
        "crm: {external: {}} | processors.crm is the name of an agent too; a function and a queue"
            + " have it",
        "a234567890123456789012345678901234: {external: {}} |"
            + " processors.a234567890123456789012345678901234 is longer than 33 characters, of"
            + " which its worker's name needs seven more",
        "a-dlq: {external: {}} | processors.a-dlq ends like the name of a dead-letter queue",
        "a: {} | processors.a must have either hosted: {handler: …} or external: {}",
        "a: {hosted: {handler: a.B}, external: {}} | processors.a must have either hosted:"
            + " {handler: …} or external: {}",
        "a: {external: {url: 'https://a'}} | processors.a.external.url is not a key; there are"
            + " none",
        "a: {hosted: {handler: b}} | processors.a.hosted.handler must be a class, such as"
            + " agentpost.calendar.CalendarHandler; got \"b\"",
        "a: {hosted: {handler: a.B, concurrency: 1}} | processors.a.hosted.concurrency must be a"
            + " whole number from 2 to 1000; got 1",
        "a: {hosted: {handler: a.B, uses: [email]}} | processors.a.hosted.uses is not a key; there"
            + " are handler, concurrency",
        "a: {hosted: {handler: a.B}}, b: {hosted: {handler: a.B}} | processors has several hosted"
            + " processors; POST /process-data leads to one",
      })
  void aBadProcessorIsNamed(String processors, String problem) {
    assertThat(problems(ONE_AGENT + "processors: {" + processors + "}")).containsExactly(problem);
  }

  @Test
  void operationsNeedAHostedProcessor() {
    String agent =
        "agents: {crm: {subscribes: [email.sent], hosted: {handler: a.B, uses: [operations]}}}\n";
    String problem =
        "agents.crm.hosted.uses has operations, so the catalog needs processors: {NAME: {hosted:"
            + " {handler: …}}}";
    assertThat(problems(agent)).containsExactly(problem);
    assertThat(problems(agent + "processors: {printer: {external: {}}}")).containsExactly(problem);
    assertEquals(
        new Placement.Hosted("a.B", Set.of(Capability.OPERATIONS), OptionalInt.empty()),
        read(agent + "processors: {calendar: {hosted: {handler: a.B}}}")
            .agents()
            .getFirst()
            .place());
  }

  @Test
  void addressesAreAddresses() {
    String crm =
        "agents: {crm: {subscribes: [email.sent], external: {url: https://example.com/a}}}";
    assertThat(problems("email: {from: nobody}\n" + crm))
        .containsExactly(
            "email.from must be an e-mail address; got \"nobody\"",
            "email.support must be an e-mail address; got nothing");
  }

  @Test
  void moreHostedAgentsThanARestApiHasRoomForAreRefused() {
    String agents =
        IntStream.rangeClosed(0, CatalogReader.MAX_HOSTED_AGENTS)
            .mapToObj(
                i -> "  agent-" + i + ": {subscribes: [email.sent], hosted: {handler: a.B}}\n")
            .collect(Collectors.joining());
    assertThat(problems("agents:\n" + agents))
        .containsExactly(
            "agents has 289 hosted agents; at most 288 fit, for each has a route of one REST API,"
                + " which takes 300 resources");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "producers: 111122223333                 | producers must be a list of AWS accounts; got"
            + " 111122223333",
        "producers: []                           | producers must be a list of AWS accounts; got a"
            + " list",
        "producers: ['111122223333', 44455556666]| producers[1] must be the twelve digits of an AWS"
            + " account, in quotes if they begin with 0; got 44455556666",
        "producers: [11112222333.0]              | producers[0] must be the twelve digits",
        "producers: ['*']                        | producers[0] must be the twelve digits",
        "producers: ['111122223333', 111122223333] | producers[1] is there twice: 111122223333",
      })
  void aProducerIsAnAccount(String producers, String problem) {
    assertThat(problems(ONE_AGENT + producers)).singleElement().asString().startsWith(problem);
  }

  @Test
  void allThatIsWrongWithADomainIsTold() {
    assertThat(problems(ONE_AGENT + "domain: {name: '*.example.com', certificate: x, zone: z}"))
        .satisfiesExactlyInAnyOrder(
            name -> assertThat(name).startsWith("domain.name must be a domain name"),
            arn ->
                assertThat(arn).startsWith("domain.certificate must be the ARN of a certificate"),
            zone -> assertThat(zone).startsWith("domain.zone must be the id of a hosted zone"));
    assertThat(problems(ONE_AGENT + "domain: {nme: a}"))
        .contains("domain.nme is not a key; there are name, certificate, zone");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Events.example.com",
        "example",
        "-a.example.com",
        "a..example.com",
        "example.com.",
        "https://example.com",
        "example.com/a"
      })
  void whatIsNoDomainIsRefused(String name) {
    assertThat(
            problems(
                ONE_AGENT
                    + "domain: {name: '"
                    + name
                    + "', zone: Z1, certificate:"
                    + " 'arn:aws:acm:us-gov-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012'}"))
        .singleElement()
        .asString()
        .startsWith("domain.name must be a domain name, such as events.example.com; got ");
  }

  @Test
  void anEmptyCatalogIsRefused() {
    assertThat(problems("agents: {}"))
        .containsExactly("agents must have one agent or more, by name");
    assertThat(problems(""))
        .contains(
            "the catalog must be a mapping with defaults, email, agents, processors, sources,"
                + " alerts, alarms, addresses, egress, throttle, waf, detailedMetrics,"
                + " deliveries, canary, producers, domain; got nothing");
    assertThat(problems("- crm"))
        .contains(
            "the catalog must be a mapping with defaults, email, agents, processors, sources,"
                + " alerts, alarms, addresses, egress, throttle, waf, detailedMetrics,"
                + " deliveries, canary, producers, domain; got a list");
    assertThat(problems("agents:")).contains("agents must be a mapping; got nothing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{email: oncall}  | alarms.email must be an e-mail address; got \"oncall\"",
        "{}               | alarms.email must be an e-mail address; got nothing",
        "{mail: a@b.com, email: a@b.com} | alarms.mail is not a key; there are email",
        "a@example.com    | alarms must be a mapping with email; got the text \"a@example.com\"",
      })
  void whoHearsAlarmsHasAnAddress(String alarms, String problem) {
    String agents =
        "agents: {crm: {subscribes: [email.sent], external: {url: https://example.com/a}}}\n";
    assertThat(problems(agents + "alarms: " + alarms + "\n")).contains(problem);
    assertEquals(
        Optional.of("oncall@example.com"),
        read(agents + "alarms: {email: oncall@example.com}\n").alarmEmail());
    assertEquals(Optional.empty(), read(agents).alarmEmail());
  }

  @Test
  void whatIsNotYamlOrSaysAThingTwiceIsRefused() {
    assertThat(problems("agents: [").getFirst()).startsWith("is not YAML in line 1: ");
    assertThat(problems("agents:\n\tcrm: {}\n").getFirst()).startsWith("is not YAML in line 2: ");
    assertThat(problems("agents:\n  crm: {rate: 1, rate: 2}"))
        .containsExactly("has rate twice, again in line 2");
    assertThat(
            problems(
                    "agents: {crm: {subscribes: [email.sent], external: {url:"
                        + " https://example.com/a}}}\n"
                        + "---\n"
                        + "agents: {}")
                .getFirst())
        .startsWith("is not YAML in line 3: ");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    assertThat(
            problems(
                """
                default: {rate: 5}
                email: {from: x}
                agents:
                  Crm: {subscribes: [nothing], external: {url: ftp://x}, rate: 0}
                  ok: {subscribes: [email.sent], hosted: {handler: x}, retry: {maxAge: 1s}}
                """))
        .hasSize(9)
        .extracting(problem -> problem.substring(0, problem.indexOf(' ')))
        .containsExactlyInAnyOrder(
            "default",
            "email.from",
            "email.support",
            "agents.Crm",
            "agents.Crm.subscribes[0]",
            "agents.Crm.external.url",
            "agents.Crm.rate",
            "agents.ok.hosted.handler",
            "agents.ok.retry.maxAge");
  }

  @Test
  void aFileThatIsNotThereIsSaidSo() {
    CatalogException exception =
        catchThrowableOfType(
            CatalogException.class,
            () ->
                CatalogReader.read(
                    Path.of("no-such.yaml"),
                    EVENTS,
                    ExtensionNames.of(ExtensionNames.class.getClassLoader())));
    assertTrue(
        String.valueOf(exception.getMessage()).startsWith("no-such.yaml:\n  cannot be read: "),
        exception.getMessage());
  }
}
