package agentpost.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;

class PatternCheckTest {
  private static JsonNode json(String text) throws Exception {
    return new JsonMapper().readTree(text.replace('\'', '"'));
  }

  @Test
  void eachConditionIsHeldToTheEventByItself() throws Exception {
    JsonNode event =
        json("{'detail-type':'lead.captured','detail':{'data':{'score':70,'country':'DE'}}}");
    JsonNode pattern =
        json(
            "{'detail-type':['lead.captured'],'detail':{'data':{"
                + "'score':[{'numeric':['>',80]}],'plan':['pro']}}}");
    assertThat(PatternCheck.matches(pattern, event)).isFalse();
    assertThat(PatternCheck.explain(pattern, event))
        .containsExactly(
            new PatternCheck.Condition(
                "detail-type", "[\"lead.captured\"]", "\"lead.captured\"", true),
            new PatternCheck.Condition(
                "detail.data.score", "[{\"numeric\":[\">\",80]}]", "70", false),
            new PatternCheck.Condition("detail.data.plan", "[\"pro\"]", "", false));
  }

  @Test
  void alternativesAreOneCondition() throws Exception {
    JsonNode pattern = json("{'$or':[{'source':['a']},{'detail-type':['t']}]}");
    JsonNode event = json("{'source':'b','detail-type':'t','detail':{}}");
    assertThat(PatternCheck.matches(pattern, event)).isTrue();
    assertThat(PatternCheck.explain(pattern, event))
        .singleElement()
        .satisfies(one -> assertThat(one.isMet()).isTrue());
  }
}
