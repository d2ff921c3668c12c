package agentpost.local.ssm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterStoreTest {
  private final ParameterStore parameters = new ParameterStore();

  private JsonNode call(String operation, String input) {
    try {
      return parameters
          .service()
          .call(operation, (ObjectNode) new JsonMapper().readTree(input.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(input, e);
    }
  }

  @Test
  void severalAreGotAndThoseThatAreNotThereAreNamed() {
    call("PutParameter", "{'Name':'/a/one','Value':'1','Type':'String'}");
    call("PutParameter", "{'Name':'two','Value':'2','Type':'String'}");
    JsonNode got =
        call(
            "GetParameters",
            "{'Names':['/a/one','none','arn:aws:ssm:us-east-1:000000000000:parameter/two','/a/one:1','/a/one:2']}");
    assertThat(got.path("Parameters").findValuesAsText("Value")).containsExactly("1", "2", "1");
    assertThat(got.path("InvalidParameters").toString()).isEqualTo("[\"none\",\"/a/one:2\"]");
    assertThatThrownBy(
            () ->
                call("GetParameters", "{'Names':['1','2','3','4','5','6','7','8','9','10','11']}"))
        .hasMessageContaining("less than or equal to 10");
  }

  @Test
  void aSecureTextIsShownToThoseWhoAskForItDecrypted() {
    call(
        "PutParameter",
        "{'Name':'s','Value':'secret','Type':'SecureString','KeyId':'k','Description':'d'}");
    assertThat(call("GetParameter", "{'Name':'s'}").toString()).doesNotContain("secret");
    assertThat(call("GetParameters", "{'Names':['s']}").toString()).doesNotContain("secret");
    assertThat(
            call("GetParameter", "{'Name':'s','WithDecryption':true}")
                .path("Parameter")
                .path("Value")
                .asText())
        .isEqualTo("secret");
    assertThat(call("DescribeParameters", "{}").toString())
        .contains("\"KeyId\":\"k\"", "\"Description\":\"d\"")
        .doesNotContain("secret");
  }

  @Test
  void aPathHasPages() {
    for (int i = 0; i < 12; i++) {
      call("PutParameter", "{'Name':'/p/" + (char) ('a' + i) + "','Value':'v','Type':'String'}");
    }
    JsonNode first = call("GetParametersByPath", "{'Path':'/p'}");
    assertThat(first.path("Parameters")).hasSize(10);
    JsonNode rest =
        call(
            "GetParametersByPath",
            "{'Path':'/p','NextToken':'" + first.path("NextToken").asText() + "'}");
    assertThat(rest.path("Parameters").findValuesAsText("Name")).containsExactly("/p/k", "/p/l");
    assertThat(rest.has("NextToken")).isFalse();
    assertThatThrownBy(() -> call("GetParametersByPath", "{'Path':'/p','NextToken':'?'}"))
        .hasMessageContaining("NextToken is not valid");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'Name':'x','Value':'v'}|A parameter type is required",
        "{'Name':'x','Value':'v','Type':'Text'}|Member must satisfy enum value set: [String,"
            + " StringList, SecureString]",
        "{'Name':'x','Value':'v','Type':'String','KeyId':'k'}|KeyId is required for SecureString"
            + " type parameter only",
        "{'Name':'x','Value':'v','Type':'String','DataType':'aws:ec2:image'}|does not support the"
            + " DataType aws:ec2:image",
        "{'Name':'x','Value':'v','Type':'String','Policies':'[]'}|does not support Policies of"
            + " PutParameter",
        "{'Name':'x','Value':'v','Type':'String','AllowedPattern':'a'}|does not support"
            + " AllowedPattern of PutParameter",
        "{'Name':'x'}|Value null at 'value'",
      })
  void whatCannotBeHonouredIsNamed(String input, String message) {
    assertThatThrownBy(() -> call("PutParameter", input)).hasMessageContaining(message);
  }

  @Test
  void aValueHasTheSizeOfItsTier() {
    assertThatThrownBy(() -> call("PutParameter", "{'Name':'n','Value':'','Type':'String'}"))
        .hasMessageContaining("Member must have length greater than or equal to 1");
    String four = "x".repeat(4096);
    call("PutParameter", "{'Name':'n','Value':'" + four + "','Type':'String'}");
    for (String longer : new String[] {four + "x", "x".repeat(4095) + "ä"}) {
      assertThatThrownBy(
              () ->
                  call(
                      "PutParameter",
                      "{'Name':'n','Value':'" + longer + "','Type':'String','Overwrite':true}"))
          .hasMessageContaining(
              "Standard tier parameters support a maximum parameter value of 4096 characters.");
    }
    assertThat(
            call(
                    "PutParameter",
                    "{'Name':'i','Value':'"
                        + four
                        + "x','Type':'String','Tier':'Intelligent-Tiering'}")
                .path("Tier")
                .asText())
        .isEqualTo("Advanced");
    call(
        "PutParameter",
        "{'Name':'a','Value':'" + four + four + "','Type':'String','Tier':'Advanced'}");
    assertThatThrownBy(
            () ->
                call(
                    "PutParameter",
                    "{'Name':'b','Value':'"
                        + four
                        + four
                        + "x','Type':'String','Tier':'Advanced'}"))
        .hasMessage(
            "Advanced tier parameters support a maximum parameter value of 8192 characters.");
  }
}
