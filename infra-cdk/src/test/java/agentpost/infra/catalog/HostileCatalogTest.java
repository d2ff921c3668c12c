package agentpost.infra.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import agentpost.schemas.EventSchemas;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class HostileCatalogTest {
  private static final List<String> PIECES =
      List.of(
          "agents",
          "sources",
          "processors",
          "defaults",
          "email",
          "subscribes",
          "external",
          "hosted",
          "url",
          "rate",
          "retry",
          "scheme",
          "mappings",
          "event",
          "data",
          "where",
          ": ",
          ":",
          "\n",
          "\n  ",
          "\n    ",
          "- ",
          "[",
          "]",
          "{",
          "}",
          ",",
          "\"",
          "'",
          "|",
          ">",
          "&a ",
          "*a",
          "!!binary ",
          "!!java.util.Date ",
          "!!javax.script.ScriptEngineManager [",
          "<<: ",
          "? ",
          "%YAML 1.1\n",
          "---\n",
          "...\n",
          "#",
          "~",
          "null",
          "off",
          "1_000",
          "0x10",
          "1e999999999",
          "1e99999999999999",
          "9".repeat(2000),
          "user.signed_up",
          "https://a.example/",
          "/a",
          "$or",
          "\t",
          "\0",
          "\u0085",
          "\u2028",
          "\ufeff",
          "\ud800",
          "\ud83d\ude00");

  private static final String CATALOG =
      """
      agents:
        crm:
          subscribes: [%s]
          external: {url: %s}
          rate: %s
      """;

  private static void read(String yaml) {
    try {
      assertThat(
              CatalogReader.read(
                  "agents.yaml",
                  yaml,
                  EventSchemas.load(),
                  ExtensionNames.of(ExtensionNames.class.getClassLoader())))
          .isNotNull();
    } catch (CatalogException e) {
      assertThat(e.getMessage()).startsWith("agents.yaml");
    }
  }

  @Provide
  Arbitrary<String> yaml() {
    Arbitrary<String> pieces =
        Arbitraries.of(PIECES).list().ofMaxSize(30).map(list -> String.join("", list));
    Arbitrary<String> much =
        Combinators.combine(Arbitraries.of(PIECES), Arbitraries.integers().between(1, 500))
            .as(String::repeat);
    return Arbitraries.oneOf(pieces, Arbitraries.strings().all().ofMaxLength(60), much);
  }

  @Property
  void everyFileIsACatalogOrSaysWhyNot(@ForAll("yaml") String yaml) {
    read(yaml);
  }

  @Property
  void everyValueIsTakenOrNamed(
      @ForAll("yaml") String event, @ForAll("yaml") String url, @ForAll("yaml") String rate) {
    read(CATALOG.formatted(event, "https://a.example/", "1"));
    read(CATALOG.formatted("user.signed_up", url, "1"));
    read(CATALOG.formatted("user.signed_up", "https://a.example/", rate));
    read(
        CATALOG.formatted(
            "{event: user.signed_up, where: {data: {a: " + event + "}}}",
            "https://a.example/",
            "1"));
  }

  /** The mapper would take its name for what it stands for. */
  @Test
  void anAliasIsNamedWithItsLine() {
    String yaml =
        "agents:\n"
            + "  crm:\n"
            + "    subscribes: [&e user.signed_up]\n"
            + "    external: {url: https://a.example/}\n"
            + "  crm-two:\n"
            + "    subscribes: [*e]\n"
            + "    external: {url: https://a.example/}\n";
    CatalogException refused =
        assertThrows(
            CatalogException.class,
            () ->
                CatalogReader.read(
                    "agents.yaml",
                    yaml,
                    EventSchemas.load(),
                    ExtensionNames.of(ExtensionNames.class.getClassLoader())));
    assertThat(refused).hasMessageContaining("alias in line 6");
  }

  @Test
  void aBillionLaughsAreNotLaughed() {
    StringBuilder yaml = new StringBuilder("a0: &a0 [lol]\n");
    for (int i = 1; i < 40; i++) {
      yaml.append("a")
          .append(i)
          .append(": &a")
          .append(i)
          .append(" [")
          .append(("*a" + (i - 1) + ",").repeat(9))
          .append("*a")
          .append(i - 1)
          .append("]\n");
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThrows(
                CatalogException.class,
                () ->
                    CatalogReader.read(
                        "agents.yaml",
                        yaml.toString(),
                        EventSchemas.load(),
                        ExtensionNames.of(ExtensionNames.class.getClassLoader()))));
  }

  @Test
  void filesAreReadWithoutGoingBack() {
    for (String piece : PIECES) {
      String flood = piece.repeat(50_000 / piece.length());
      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () -> {
            read(flood);
            read("agents: " + flood);
          },
          piece);
    }
  }

  /**
   * Names, pointers and classes repeat groups, for which java.util.regex would take a frame of the
   * stack each.
   */
  @Test
  void namesOfAHundredThousandCharactersAreRefusedAndKillNothing() {
    List<String> floods =
        List.of(
            "a" + "-b".repeat(50_000),
            "/" + "/a".repeat(50_000),
            "/" + "~0".repeat(50_000) + "~",
            "a" + ".b".repeat(50_000) + ".C",
            "a".repeat(100_000),
            "A".repeat(99_999) + "!",
            "1.".repeat(50_000) + "/8",
            "a@" + "b.".repeat(50_000),
            "1".repeat(100_000) + "s");
    for (String flood : floods) {
      read(
          "agents:\n  "
              + flood
              + ":\n    subscribes: [user.signed_up]\n    external: {url: https://a.example/}\n");
      read(CATALOG.formatted(flood, "https://a.example/", "1"));
      read(CATALOG.formatted("user.signed_up", "https://a.example/" + flood, "1"));
      read(
          "agents:\n  a:\n    subscribes: [user.signed_up]\n    hosted: {handler: "
              + flood
              + "}\n");
      read(
          "agents:\n"
              + "  a:\n"
              + "    subscribes: [user.signed_up]\n"
              + "    external: {url: https://a.example/}\n"
              + "    from: ["
              + flood
              + "]\n    retry: {for: "
              + flood
              + "}\n    rotation: "
              + flood
              + "\n");
      read(
          "email: {from: "
              + flood
              + ", support: "
              + flood
              + "}\n"
              + CATALOG.formatted("user.signed_up", "https://a.example/", "1"));
      for (String source :
          List.of(
              "scheme: " + flood,
              "scheme: {header: "
                  + flood
                  + ", encoding: hex, algorithm: sha256, signed: '{body}"
                  + flood
                  + "'}",
              "type: " + flood,
              "delivery: " + flood,
              "mappings: {a: {event: lead.captured, data: {lead_id: " + flood + "}}}")) {
        read(
            CATALOG.formatted("user.signed_up", "https://a.example/", "1")
                + "sources:\n  crm:\n    "
                + source
                + "\n");
      }
    }
  }

  @Test
  void patternsWithAMillionCombinationsAreRefused() {
    StringBuilder where = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      where.append("k").append(i).append(": {$or: [{a: [1]}, {b: [1]}]}, ");
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThat(
                    assertThrows(
                        CatalogException.class,
                        () ->
                            CatalogReader.read(
                                "agents.yaml",
                                CATALOG.formatted(
                                    "{event: user.signed_up, where: {" + where + "}}",
                                    "https://a.example/",
                                    "1"),
                                EventSchemas.load(),
                                ExtensionNames.of(ExtensionNames.class.getClassLoader()))))
                .hasMessageContaining("where"));
  }
}
