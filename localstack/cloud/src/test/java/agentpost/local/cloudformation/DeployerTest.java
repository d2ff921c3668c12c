package agentpost.local.cloudformation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One kind of resource, {@code Test::Thing}, that remembers with what it was made. */
class DeployerTest {
  @TempDir private Path cdkOut;
  private final Map<String, ObjectNode> made = new LinkedHashMap<>();
  private final Map<String, Provider> providers = new HashMap<>();

  @BeforeEach
  void provide() {
    providers.put(
        "Test::Thing",
        (id, properties) -> {
          made.put(id, properties);
          return new Provider.Made("ref-" + id, Map.of("Arn", "arn-" + id));
        });
    providers.put(
        "Test::Broken",
        (_, _) -> {
          throw new IllegalArgumentException("the local cloud does not support its Colour");
        });
  }

  private Map<String, String> deploy(String template) throws IOException {
    write(
        "manifest.json",
        "{'artifacts':{'one':{'type':'aws:cloudformation:stack','properties':{'templateFile':'one.template.json','stackName':'shown'}}}}");
    write("one.template.json", template);
    if (!Files.exists(cdkOut.resolve("one.assets.json"))) {
      write("one.assets.json", "{'files':{}}");
    }
    Deployer deployer = new Deployer(providers, (secret, key) -> "<" + secret + "/" + key + ">");
    deployer.deploy(cdkOut);
    return deployer.stacks().getOrDefault("shown", Map.of());
  }

  private void write(String name, String json) throws IOException {
    Files.writeString(cdkOut.resolve(name), json.replace('\'', '"'));
  }

  private JsonNode property(String value, String otherResources) throws IOException {
    deploy(
        "{'Resources':{'It':{'Type':'Test::Thing','Properties':{'P':"
            + value
            + "}}"
            + otherResources
            + "}}");
    return Objects.requireNonNull(made.get("It")).path("P");
  }

  private String text(String value) throws IOException {
    return property(value, ",'Other':{'Type':'Test::Thing'}").asText();
  }

  private void refused(String template, String... names) {
    assertThatThrownBy(() -> deploy(template))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContainingAll(names);
  }

  private void refusedBeforeAnythingIsMade(String template, String... names) {
    refused(template, names);
    assertThat(made).isEmpty();
  }

  @Test
  void references() throws IOException {
    assertThat(text("{'Ref':'Other'}")).isEqualTo("ref-Other");
    assertThat(text("{'Fn::GetAtt':['Other','Arn']}")).isEqualTo("arn-Other");
    assertThat(text("{'Ref':'AWS::Region'}")).isEqualTo("us-east-1");
    assertThat(text("{'Ref':'AWS::StackName'}")).isEqualTo("shown");
  }

  @Test
  void joins() throws IOException {
    assertThat(
            text(
                "{'Fn::Join':['-',['a',{'Ref':'Other'},{'Fn::Join':['',['b',{'Ref':'AWS::Partition'}]]}]]}"))
        .isEqualTo("a-ref-Other-baws");
  }

  @Test
  void substitutes() throws IOException {
    assertThat(text("{'Fn::Sub':'${Other}/${Other.Arn}/${AWS::AccountId}/${!Literal}'}"))
        .isEqualTo("ref-Other/arn-Other/000000000000/${Literal}");
    assertThat(text("{'Fn::Sub':['${own}-${Other}',{'own':{'Ref':'AWS::URLSuffix'}}]}"))
        .isEqualTo("amazonaws.com-ref-Other");
  }

  @Test
  void intrinsicsAreFoundAtAnyDepth() throws IOException {
    assertThat(
            property("[{'a':{'b':[{'Ref':'Other'}]}}, 1, true]", ",'Other':{'Type':'Test::Thing'}")
                .toString())
        .isEqualTo("[{\"a\":{\"b\":[\"ref-Other\"]}},1,true]");
  }

  @Test
  void aPolicysConditionIsNoIntrinsic() throws IOException {
    assertThat(
            property(
                    "{'Condition':{'ArnEquals':{'aws:SourceArn':{'Ref':'Other'}}}}",
                    ",'Other':{'Type':'Test::Thing'}")
                .toString())
        .isEqualTo("{\"Condition\":{\"ArnEquals\":{\"aws:SourceArn\":\"ref-Other\"}}}");
  }

  @Test
  void secretsAreResolvedEvenAcrossTheJoinThatMakesTheReference() throws IOException {
    assertThat(text("'{{resolve:secretsmanager:name:SecretString:key::}}'"))
        .isEqualTo("<name/key>");
    assertThat(text("'{{resolve:secretsmanager:name:SecretString}}'")).isEqualTo("<name/>");
    assertThat(
            text(
                "{'Fn::Join':['',['{{resolve:secretsmanager:',{'Ref':'Other'},':SecretString:api_key::}}']]}"))
        .isEqualTo("<ref-Other/api_key>");
  }

  @Test
  void resourcesAreMadeInTheOrderTheyNeedEachOther() throws IOException {
    deploy(
        "{'Resources':{'A':{'Type':'Test::Thing','DependsOn':'C'},'B':{'Type':'Test::Thing','DependsOn':['A']},'C':{'Type':'Test::Thing','Properties':{'d':{'Ref':'D'}}},'D':{'Type':'Test::Thing'}}}");
    assertThat(made.keySet()).containsExactly("D", "C", "A", "B");
  }

  @Test
  void parametersHaveTheirDefaults() throws IOException {
    assertThat(
            deploy(
                "{'Parameters':{'P':{'Type':'String','Default':'d'}},'Outputs':{'O':{'Value':{'Ref':'P'}}}}"))
        .containsEntry("O", "d");
    refused("{'Parameters':{'P':{'Type':'String'}}}", "P", "must have a value");
    refused(
        "{'Parameters':{'P':{'Type':'AWS::SSM::Parameter::Value<String>','Default':'/name'}},'Outputs':{'O':{'Value':{'Ref':'P'}}}}",
        "P");
  }

  @Test
  void nestedStacksGetParametersAndGiveOutputs() throws IOException {
    write("one.assets.json", "{'files':{'abc123':{'source':{'path':'nested.json'}}}}");
    write(
        "nested.json",
        "{'Parameters':{'In':{'Type':'String'},'Own':{'Type':'String','Default':'own'}},'Resources':{'Inner':{'Type':'Test::Thing','Properties':{'p':{'Ref':'In'},'q':{'Ref':'Own'}}}},"
            + "'Outputs':{'Out':{'Value':{'Ref':'Inner'}}}}");
    Map<String, String> outputs =
        deploy(
            "{'Resources':{'N':{'Type':'AWS::CloudFormation::Stack','Properties':{'TemplateURL':{'Fn::Sub':'https://s3/abc123.json'},'Parameters':{'In':{'Ref':'Outer'}}}},"
                + "'Outer':{'Type':'Test::Thing'}},'Outputs':{'O':{'Value':{'Fn::GetAtt':['N','Outputs.Out']}}}}");
    assertThat(outputs).containsEntry("O", "ref-Inner");
    assertThat(made).extractingByKey("Inner").hasToString("{\"p\":\"ref-Outer\",\"q\":\"own\"}");
  }

  @Test
  void whatANestedTemplateCannotHaveIsFoundBeforeAnythingIsMade() throws IOException {
    write("one.assets.json", "{'files':{'abc123':{'source':{'path':'nested.json'}}}}");
    write(
        "nested.json",
        "{'Resources':{'Inner':{'Type':'Test::Unknown','Properties':{'p':{'Fn::Split':[',','a']}}}}}");
    refusedBeforeAnythingIsMade(
        "{'Resources':{'A':{'Type':'Test::Thing'},'N':{'Type':'AWS::CloudFormation::Stack','Properties':{'TemplateURL':'https://s3/abc123.json'}}}}",
        "Test::Unknown",
        "Fn::Split");
  }

  @Test
  void selectsFromAListFromATextAndFromTheZonesOfItsRegion() throws IOException {
    assertThat(text("{'Fn::Select':[1,{'Fn::Split':['-',{'Fn::GetAtt':['Other','Arn']}]}]}"))
        .isEqualTo("Other");
    assertThatThrownBy(() -> text("{'Fn::Select':[2,{'Fn::Split':['-','a-b']}]}"))
        .hasMessageContaining("Fn::Select");
    assertThat(text("{'Fn::Select':[1,['a',{'Ref':'Other'}]]}")).isEqualTo("ref-Other");
    assertThat(text("{'Fn::Select':[1,{'Fn::GetAZs':''}]}")).isEqualTo("us-east-1b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Fn::If",
        "Fn::Select",
        "Fn::Split",
        "Fn::FindInMap",
        "Fn::ImportValue",
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::GetAZs",
        "Fn::Transform",
        "Fn::ToJsonString",
        "Fn::New"
      })
  void anIntrinsicItCannotHonourIsNamed(String intrinsic) {
    refusedBeforeAnythingIsMade(
        "{'Resources':{'It':{'Type':'Test::Thing','Properties':{'a':[{'Fn::Join':['',[{'"
            + intrinsic
            + "':['x']}]]}]}}}}",
        intrinsic);
    refusedBeforeAnythingIsMade(
        "{'Outputs':{'O':{'Value':{'" + intrinsic + "':['x']}}}}", intrinsic);
  }

  @Test
  void everyTypeItCannotMakeIsNamedAtOnce() {
    refusedBeforeAnythingIsMade(
        "{'Resources':{'A':{'Type':'Test::Thing'},'B':{'Type':'AWS::S3::Bucket'},'C':{'Type':'AWS::EC2::VPC'}}}",
        "AWS::S3::Bucket",
        "AWS::EC2::VPC");
  }

  @Test
  void conditionsAreNeverSkippedInSilence() {
    refusedBeforeAnythingIsMade(
        "{'Conditions':{'C':{'Fn::Equals':['a','b']}},'Resources':{'A':{'Type':'Test::Thing'}}}",
        "Conditions");
    refusedBeforeAnythingIsMade(
        "{'Resources':{'A':{'Type':'Test::Thing','Condition':'C'}}}", "Condition of A");
    refusedBeforeAnythingIsMade(
        "{'Outputs':{'O':{'Condition':'C','Value':'v'}}}", "Condition of the output O");
    refusedBeforeAnythingIsMade("{'Transform':['AWS::Serverless-2016-10-31']}", "Transform");
    refusedBeforeAnythingIsMade(
        "{'Resources':{'A':{'Type':'Test::Thing','CreationPolicy':{}}}}", "CreationPolicy of A");
  }

  @Test
  void aCircleIsNamed() {
    refused(
        "{'Resources':{'A':{'Type':'Test::Thing','Properties':{'b':{'Ref':'B'}}},'B':{'Type':'Test::Thing','DependsOn':'A'}}}",
        "circle",
        "A, B");
  }

  @Test
  void whatIsNotThereIsNamed() {
    refused("{'Outputs':{'O':{'Value':{'Ref':'Nobody'}}}}", "Nobody");
    refused("{'Outputs':{'O':{'Value':{'Ref':'AWS::NoValue'}}}}", "AWS::NoValue");
    refused(
        "{'Resources':{'A':{'Type':'Test::Thing'}},'Outputs':{'O':{'Value':{'Fn::GetAtt':['A','Colour']}}}}",
        "Colour",
        "A");
    refused("{'Outputs':{'O':{'Value':'{{resolve:ssm:/name:1}}'}}}", "{{resolve:ssm:/name:1}}");
  }

  @Test
  void aResourceThatCannotBeMadeIsNamed() {
    refused(
        "{'Resources':{'Mine':{'Type':'Test::Broken'}}}", "Mine", "does not support its Colour");
  }
}
