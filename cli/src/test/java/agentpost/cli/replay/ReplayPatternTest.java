package agentpost.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayPatternTest {
  private static Optional<String> narrowed(String pattern, String... types)
      throws JsonProcessingException {
    return ReplayPattern.of(
            new JsonMapper().readTree(pattern.replace('\'', '"')), Set.of(types), "r-1")
        .map(ObjectNode::toString)
        .map(text -> text.replace('"', '\''));
  }

  @Test
  void ofAListOfTypesThoseAreLeft() throws JsonProcessingException {
    assertThat(narrowed("{'detail-type':['a','b','c']}", "b", "x"))
        .contains("{'detail-type':['b'],'replay-name':['r-1']}");
  }

  @Test
  void conditionsStay() throws JsonProcessingException {
    assertThat(narrowed("{'detail-type':['a'],'detail':{'data':{'plan':['pro']}}}", "a"))
        .contains("{'detail-type':['a'],'detail':{'data':{'plan':['pro']}},'replay-name':['r-1']}");
  }

  @Test
  void ofAlternativesThoseOfTheTypesAreLeft() throws JsonProcessingException {
    String pattern =
        "{'$or':[{'detail-type':['a','b']},{'detail-type':['c'],'detail':{'to':['me']}},{'detail-type':['d']}]}";
    assertThat(narrowed(pattern, "b", "c"))
        .contains(
            "{'$or':[{'detail-type':['b']},{'detail-type':['c'],'detail':{'to':['me']}}],'replay-name':['r-1']}");
    assertThat(narrowed(pattern, "c"))
        .as("one alternative is none")
        .contains("{'detail-type':['c'],'detail':{'to':['me']},'replay-name':['r-1']}");
  }

  @Test
  void whatTheAgentDoesNotHearIsNothing() throws JsonProcessingException {
    assertThat(narrowed("{'detail-type':['a']}", "b")).isEmpty();
    assertThat(narrowed("{'$or':[{'detail-type':['a']},{'detail-type':['c']}]}", "b")).isEmpty();
    assertThat(narrowed("{'source':['s']}", "b")).isEmpty();
  }
}
