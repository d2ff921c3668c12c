package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.infra.Template.Resource;
import agentpost.infra.catalog.CatalogException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who may come in, and from where and to where calls go: as the catalog says it, and nothing of it
 * where it says nothing.
 */
@SuppressWarnings("NullAway.Init") // set before all tests
class DoorsTest {
  static final String DOORS =
      "addresses: {allow: [10.20.0.0/16, 'fd12:3456::/32'], ports: [443, 8443]}\n"
          + "egress: static\n"
          + "waf: true\n";
  private static final List<String> OUTWARD = List.of("relay", "recovery", "redrive");

  private static Synthesized plain;
  private static Synthesized doors;

  @BeforeAll
  static void synthesize(@TempDir Path one, @TempDir Path other) {
    plain = Synthesized.of(one, Synthesized.MIXED, Map.of());
    String mixed =
        Synthesized.MIXED
            .replace(
                "hosted-plain: {subscribes: [user.signed_up],",
                "hosted-plain: {subscribes: [user.signed_up], from: [192.0.2.0/24,"
                    + " '2001:db8::/32'],")
            .replace("forge: {scheme: github,", "forge: {scheme: github, from: [198.51.100.0/24],")
            .replace(
                "external: {url: https://agents.example.com/2}",
                "external: {url: 'https://agents.example.com:8443/2', challenge: off}");
    doors = Synthesized.of(other, mixed + DOORS, Map.of());
  }

  private static Resource function(Synthesized stack, String name) {
    return stack
        .templates()
        .flatMap(template -> template.all("AWS::Lambda::Function").stream())
        .filter(one -> one.text("/FunctionName").equals("agentpost-" + name))
        .findFirst()
        .orElseThrow();
  }

  private static Resource api(Synthesized stack) {
    return stack.root().only("AWS::ApiGateway::RestApi");
  }

  @Test
  void aCatalogThatSaysNothingHasNoneOfIt() {
    assertTrue(api(plain).at("/Policy").isMissingNode());
    assertTrue(
        api(plain).at("/Body/x-amazon-apigateway-gateway-responses/ACCESS_DENIED").isMissingNode());
    assertThat(plain.templates())
        .allSatisfy(
            template -> {
              assertThat(template.json().path("Resources").findValuesAsText("Type"))
                  .noneMatch(
                      type -> type.startsWith("AWS::EC2::") || type.startsWith("AWS::WAFv2::"));
              assertThat(template.all("AWS::Lambda::Function"))
                  .allSatisfy(
                      function -> {
                        assertTrue(function.at("/VpcConfig").isMissingNode());
                        assertTrue(
                            function
                                .at("/Environment/Variables/ALLOWED_ADDRESSES")
                                .isMissingNode());
                        assertTrue(
                            function.at("/Environment/Variables/ALLOWED_SOURCES").isMissingNode());
                      });
            });
    assertEquals(
        "443", function(plain, "relay").text("/Environment/Variables/CALLBACK_ALLOWED_PORTS"));
  }

  @Test
  void whoIsNotListedIsDeniedAtTheRouteAndTheRelaysAddressesAreListedByThemselves() {
    JsonNode statements = api(doors).at("/Policy/Statement");
    assertEquals(3, statements.size());
    assertEquals(
        "Allow execute-api:/*",
        statements.path(0).path("Effect").asText()
            + " "
            + Template.strings(statements.path(0).path("Resource")).getFirst());
    assertThat(statements)
        .allSatisfy(
            statement ->
                assertEquals(
                    "* execute-api:Invoke",
                    statement.path("Principal").asText()
                        + " "
                        + statement.path("Action").asText()));
    assertEquals(
        List.of("execute-api:/prod/POST/webhooks/hosted-plain"),
        Template.strings(statements.path(1).path("Resource")));
    List<String> addresses =
        doors.root().all("AWS::EC2::EIP").stream().map(eip -> eip.ref() + "/32").toList();
    List<String> agents = new ArrayList<>(List.of("192.0.2.0/24", "2001:db8::/32"));
    agents.addAll(addresses);
    assertEquals(
        agents, doors.root().texts(statements.path(1).at("/Condition/NotIpAddress/aws:SourceIp")));
    assertEquals(
        List.of("execute-api:/prod/POST/ingest/forge"),
        Template.strings(statements.path(2).path("Resource")));
    assertEquals(
        List.of("198.51.100.0/24"),
        doors.root().texts(statements.path(2).at("/Condition/NotIpAddress/aws:SourceIp")));
    assertEquals(
        "403",
        api(doors)
            .at("/Body/x-amazon-apigateway-gateway-responses/ACCESS_DENIED/statusCode")
            .asText());
  }

  @Test
  void theFunctionsAreToldTheSame() {
    Template agent = doors.agent("hosted-plain").template();
    List<String> addresses =
        doors.root().all("AWS::EC2::EIP").stream().map(eip -> eip.ref() + "/32").toList();
    assertEquals(
        "192.0.2.0/24,2001:db8::/32," + String.join(",", addresses),
        agent.only("AWS::Lambda::Function").text("/Environment/Variables/ALLOWED_SOURCES"));
    assertTrue(
        doors
            .agent("hosted-everything")
            .template()
            .only("AWS::Lambda::Function")
            .at("/Environment/Variables/ALLOWED_SOURCES")
            .isMissingNode());
    assertThat(Synthesized.entries(doors.ingest().template()).values())
        .anySatisfy(
            source -> assertThat(source.toString()).contains("\"from\":[\"198.51.100.0/24\"]"));
  }

  @Test
  void aNewPolicyIsANewDeployment() {
    String before = plain.root().only("AWS::ApiGateway::Deployment").id();
    assertThat(doors.root().only("AWS::ApiGateway::Deployment").id()).isNotEqualTo(before);
  }

  @Test
  void whatCallsOutDoesItFromTwoAddressesThatAreOutputs() {
    assertEquals(2, doors.root().all("AWS::EC2::EIP").size());
    assertEquals(2, doors.root().all("AWS::EC2::NatGateway").size());
    List<String> addresses = doors.root().all("AWS::EC2::EIP").stream().map(Resource::ref).toList();
    assertEquals(
        addresses,
        List.of(doors.root().output("EgressAddress1"), doors.root().output("EgressAddress2")));
    assertThat(
            doors.root().all("AWS::EC2::NatGateway").stream()
                .map(nat -> nat.text("/AllocationId"))
                .toList())
        .containsExactlyInAnyOrderElementsOf(
            doors.root().all("AWS::EC2::EIP").stream()
                .map(eip -> "${" + eip.id() + ".AllocationId}")
                .toList());
    List<String> inside = new ArrayList<>(OUTWARD);
    inside.add("calendar");
    for (String name : inside) {
      Resource function = function(doors, name);
      assertEquals(2, function.at("/VpcConfig/SubnetIds").size(), name);
      assertEquals(
          "443,8443", function.text("/Environment/Variables/CALLBACK_ALLOWED_PORTS"), name);
      assertEquals(
          "10.20.0.0/16,fd12:3456::/32",
          function.text("/Environment/Variables/ALLOWED_ADDRESSES"),
          name);
    }
    assertTrue(function(doors, "process-data").at("/VpcConfig").isMissingNode());
    assertTrue(
        doors
            .agent("hosted-plain")
            .template()
            .only("AWS::Lambda::Function")
            .at("/VpcConfig")
            .isMissingNode());
    Resource group = doors.root().only("AWS::EC2::SecurityGroup");
    assertTrue(group.at("/SecurityGroupIngress").isMissingNode());
    assertThat(group.at("/SecurityGroupEgress").findValuesAsText("ToPort"))
        .containsExactlyInAnyOrder("443", "8443");
  }

  /** Lambda makes interfaces with the role; the code that runs with it may not. */
  @Test
  void aFunctionInTheVpcMakesNoInterfacesItself() {
    Resource relay = function(doors, "relay");
    Resource role =
        doors.root().all("AWS::IAM::Role").stream()
            .filter(one -> one.arn().equals(relay.text("/Role")))
            .findFirst()
            .orElseThrow();
    List<JsonNode> rights =
        doors.root().rights(role).stream()
            .filter(right -> right.path("Action").toString().contains("ec2:"))
            .toList();
    assertThat(rights)
        .extracting(right -> right.path("Effect").asText())
        .containsExactly("Allow", "Deny");
    assertThat(rights.getFirst().path("Action")).isEqualTo(rights.getLast().path("Action"));
    assertThat(
            doors.root().text(rights.getLast().at("/Condition/ArnEquals/lambda:SourceFunctionArn")))
        .endsWith(":function:agentpost-relay");
    assertThat(rights.toString()).doesNotContain("ec2:*");
  }

  @Test
  void theFirewallIsBeforeTheStageAndLooksAtTheDoorsOfThirdPartiesOnly() {
    Resource association = doors.root().only("AWS::WAFv2::WebACLAssociation");
    assertThat(association.text("/ResourceArn"))
        .endsWith("::/restapis/" + api(doors).ref() + "/stages/prod");
    Resource acl = doors.root().only("AWS::WAFv2::WebACL");
    assertEquals("REGIONAL", acl.text("/Scope"));
    assertEquals(4, acl.at("/Rules").size());
    assertThat(acl.at("/Rules"))
        .allSatisfy(
            rule ->
                assertThat(rule.path("Statement").findValuesAsText("SearchString"))
                    .containsExactly("/ingest/"));
    assertThat(acl.at("/Rules").findValuesAsText("Name"))
        .contains(
            "AWSManagedRulesCommonRuleSet",
            "AWSManagedRulesKnownBadInputsRuleSet",
            "AWSManagedRulesAmazonIpReputationList");
  }

  @Test
  void anExternalAgentThatWasAskedOtherwiseIsNotAsked() {
    assertThat(doors.directoryEntry("external-particular").toString())
        .contains("\"external\":{\"challenge\":false}");
    assertThat(doors.directoryEntry("external-plain").toString())
        .contains("\"external\":{\"challenge\":true}");
  }

  private static String agents(int count, String from) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                "  agent-with-a-name-of-forty-character-"
                    + (100 + i)
                    + ": {subscribes: [user.signed_up], hosted: {handler:"
                    + " agentpost.onboarding.TrialMonitorHandler}, from: "
                    + from.replace("N", "" + i)
                    + "}\n")
        .collect(Collectors.joining("", "egress: static\nagents:\n", ""));
  }

  @Test
  void moreThanApiGatewayTakesIsRefusedAndSaysWhatToDo(@TempDir Path directory) {
    assertThatThrownBy(() -> Synthesized.of(directory, agents(60, "[10.N.0.0/16]"), Map.of()))
        .isInstanceOf(CatalogException.class)
        .hasMessageContainingAll("8192", "share a statement", "a stage of its own");
  }

  @Test
  void agentsWithTheSameRangesShareAStatement(@TempDir Path directory) {
    Synthesized many = Synthesized.of(directory, agents(40, "[10.0.0.0/16]"), Map.of());
    assertEquals(2, api(many).at("/Policy/Statement").size());
    assertEquals(40, api(many).at("/Policy/Statement/1/Resource").size());
    assertThat(api(many).at("/Policy").toString().length()).isLessThan(8192);
  }
}
