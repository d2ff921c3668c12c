package agentpost.cli.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogTextTest {
  private static String added(String text) {
    return CatalogText.of(text)
        .withAgent("refund-agent", List.of("order.refunded"), "com.example.RefundHandler");
  }

  @Test
  void anAgentComesAfterTheOthersAndBeforeWhatFollows() {
    assertEquals(
        """
        # mine
        agents: # all of them
          one:
            subscribes: [a.b]   # why
            hosted: {handler: x.Y}
          # of the one above

          refund-agent:
            subscribes: [order.refunded]
            hosted: {handler: com.example.RefundHandler}

        # Third parties.
        sources: {}
        """,
        added(
            """
            # mine
            agents: # all of them
              one:
                subscribes: [a.b]   # why
                hosted: {handler: x.Y}
              # of the one above

            # Third parties.
            sources: {}
            """));
  }

  @Test
  void itIsIndentedAsTheOthers() {
    assertThat(added("agents:\n    one:\n        external: {}\n"))
        .endsWith(
            "\n    refund-agent:\n      subscribes: [order.refunded]\n"
                + "      hosted: {handler: com.example.RefundHandler}\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "agents:",
        "agents:\n",
        "agents: {}\n",
        "agents: { } # none yet\n",
        "defaults: {rate: 3}",
        "agents:\n  # none yet\nemail: {}\n",
        "---\nagents:\n  one: {}\n"
      })
  void whereThereIsNoneItIsTheFirst(String text) {
    assertThat(CatalogText.of(added(text)).names("agents")).contains("refund-agent");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "agents: {one: {external: {}}}\n",
        "{agents: {one: {}}}\n",
        "\"agents\":\n  one: {}\n",
        "agents: &all\n  one: {}\n",
        "agents: none\n",
        "agents:\n- one\n"
      })
  void whereNoneCanBeAddedThatIsSaidInALine(String text) {
    assertThatThrownBy(() -> added(text))
        .isInstanceOf(ProjectException.class)
        .hasMessageContaining("put each on its own lines, or add {refund-agent: ")
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a: [", "- one\n", "just text", "a: b: c"})
  void whatIsNoCatalogIsSaidToBeNone(String text) {
    assertThatThrownBy(() -> added(text))
        .isInstanceOf(ProjectException.class)
        .message()
        .startsWith("agents.yaml is not")
        .doesNotContain("\n");
  }

  /** Whatever stands around it: what was there is there still, byte for byte and in its order. */
  @Property
  void nothingElseChanges(@ForAll("catalogs") String text) {
    if (text.endsWith("more")) {
      // The last line of a folded text: with a line's end behind it, it would be another text.
      assertThatThrownBy(() -> added(text)).isInstanceOf(ProjectException.class);
      return;
    }
    String after = added(text);
    int common = 0;
    while (common < text.length() && text.charAt(common) == after.charAt(common)) {
      common++;
    }
    assertThat(after).startsWith(text.substring(0, common));
    assertThat(after.substring(common)).endsWith(text.substring(common));
    CatalogText added = CatalogText.of(after);
    assertThat(added.names("agents"))
        .containsAll(CatalogText.of(text).names("agents"))
        .contains("refund-agent");
    assertThat(added.names("sources")).isEqualTo(CatalogText.of(text).names("sources"));
  }

  @Provide
  Arbitrary<String> catalogs() {
    Arbitrary<String> noise =
        Arbitraries.of("", "# a comment\n", "\n", "# agents:\n", "\n\n# agents: {}\n");
    Arbitrary<String> before =
        Arbitraries.of(
            "",
            "email: {from: a@example.com}\n",
            "defaults:\n  rate: 3 # deliveries\n",
            "note: |\n  agents:\n    none: here\n");
    Arbitrary<String> agent =
        Arbitraries.of(
            "  one:\n    subscribes: [a.b]\n    hosted: {handler: x.Y}\n",
            "  two: {external: {url: 'https://a.example.com'}}   # theirs\n",
            "  # next\n\n"
                + "  three:\n"
                + "    subscribes:\n"
                + "      - event: a.b\n"
                + "        where: {data: {a: [1]}}\n",
            "  four:\n    note: >\n      agents:\n        text\n\n      more\n");
    Arbitrary<String> agents =
        agent
            .list()
            .uniqueElements()
            .ofMinSize(0)
            .ofMaxSize(4)
            .map(all -> "agents:" + " # mine\n" + String.join("", all));
    Arbitrary<String> after =
        Arbitraries.of(
            "", "sources: {}\n", "\n# third parties\nsources:\n  crm: {scheme: github}\n");
    Arbitrary<String> whole =
        Combinators.combine(noise, before, noise, agents, noise, after, noise)
            .as((a, b, c, d, e, f, g) -> a + b + c + d + e + f + g);
    return Combinators.combine(whole, Arbitraries.of("\n", "\r\n"), Arbitraries.of(true, false))
        .as((text, end, isCut) -> (isCut ? text.stripTrailing() : text).replace("\n", end));
  }
}
