package agentpost.local.eventbridge.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A path that AWS refuses would be an empty body at delivery: it is refused when the target is put,
 * wherever a target has paths.
 */
class InputPathTest {
  private static ObjectNode withPath(String path) {
    return JsonNodeFactory.instance.objectNode().put("Id", "1").put("InputPath", path);
  }

  private static ObjectNode withVariable(String path) {
    ObjectNode target = JsonNodeFactory.instance.objectNode().put("Id", "1");
    target
        .putObject("InputTransformer")
        .put("InputTemplate", "{\"a\":<a>}")
        .putObject("InputPathsMap")
        .put("a", path);
    return target;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "detail",
        "$['detail']",
        "@.detail",
        "",
        " $.detail",
        "$.detail ",
        "$.",
        "$..detail",
        "$.detail.",
        "$.detail['a']",
        "$[\"detail\"]",
        "$detail",
        "detail.$",
        "$.a b",
        "$.detail[?(@.a)]",
        "$.detail[-1]",
        "$.detail[0:2]",
        "$.detail[]",
        "$.detail\n",
        "$\u00a0.detail",
        "{$.detail}"
      })
  void isRefusedInAwssWords(String path) {
    assertThatThrownBy(() -> Input.check(withPath(path)))
        .isInstanceOf(AwsException.class)
        .hasMessage("InputPath for target 1 is invalid.");
    assertThatThrownBy(() -> Input.check(withVariable(path)))
        .isInstanceOf(AwsException.class)
        .hasMessageStartingWith("InputPathsMap for target 1 is invalid: the path of a ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$",
        "$.detail",
        "$.detail-type",
        "$.detail.a_b/c",
        "$.resources[0]",
        "$.resources[*]",
        "$.detail.*",
        "$.detail.items[0].name",
        "$.detail[0][1]"
      })
  void isTaken(String path) {
    assertThatCode(() -> Input.check(withPath(path))).doesNotThrowAnyException();
    assertThatCode(() -> Input.check(withVariable(path))).doesNotThrowAnyException();
  }

  /**
   * Whatever is taken can be read to its end: a value that is there is found by the path that leads
   * to it.
   */
  @Property
  void whatIsTakenFindsWhatItNames(@ForAll @StringLength(max = 12) String name) {
    String path = "$.detail." + name;
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.putObject("detail").put(name, "found");
    if (JsonPath.isTaken(path) && name.matches("[A-Za-z0-9_/-]+")) {
      assertThat(JsonPath.at(event, path).asText()).isEqualTo("found");
    }
    if (JsonPath.isTaken(name)) {
      assertThat(name).startsWith("$").doesNotContain("'", "\"", " ");
    }
  }
}
