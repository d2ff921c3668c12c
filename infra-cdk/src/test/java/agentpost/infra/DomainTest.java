package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.infra.Template.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A domain of one's own: what others are told leads there, and what is within goes without it. */
@SuppressWarnings("NullAway.Init") // set before all tests
class DomainTest {
  private static final String CERTIFICATE =
      "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012";

  static final String DOMAIN =
      "domain: {name: events.example.com, certificate: '"
          + CERTIFICATE
          + "', zone: Z0123456789ABC}\n";

  private static Synthesized stack;

  @BeforeAll
  static void synthesize(@TempDir Path directory) {
    stack =
        Synthesized.of(
            directory, Synthesized.MIXED + DOMAIN + "waf: true\n", Map.of("workflow", "true"));
  }

  private static String text(JsonNode value) {
    return new DocumentedNames(stack.root(), Optional.empty()).text(value);
  }

  private static JsonNode environment(Template template, String function) {
    return template.all("AWS::Lambda::Function").stream()
        .filter(one -> one.text("/FunctionName").equals(function))
        .findFirst()
        .orElseThrow()
        .at("/Environment/Variables");
  }

  private static DocumentedNames nested(String name) {
    return new DocumentedNames(
        Objects.requireNonNull(stack.nested().get(name)).template(), Optional.of(stack.root()));
  }

  @Test
  void leadsToTheStageOfTheApi() {
    Resource name = stack.root().only("AWS::ApiGateway::DomainName");
    assertThat(name.text("/DomainName")).isEqualTo("events.example.com");
    assertThat(name.text("/RegionalCertificateArn")).isEqualTo(CERTIFICATE);
    assertThat(name.at("/EndpointConfiguration/Types/0").asText()).isEqualTo("REGIONAL");
    Resource mapping = stack.root().only("AWS::ApiGateway::BasePathMapping");
    assertThat(mapping.at("/RestApiId/Ref").asText())
        .isEqualTo(stack.root().only("AWS::ApiGateway::RestApi").id());
    assertThat(mapping.at("/Stage/Ref").asText())
        .isEqualTo(stack.root().only("AWS::ApiGateway::Stage").id());
    Resource record = stack.root().only("AWS::Route53::RecordSet");
    assertThat(record.text("/HostedZoneId")).isEqualTo("Z0123456789ABC");
    assertThat(record.at("/AliasTarget/DNSName/Fn::GetAtt/1").asText())
        .isEqualTo("RegionalDomainName");
  }

  /** The API's own name changes with the API; Twilio signs the URL that it was given. */
  @Test
  void isWhatOthersAreToldAndSign() {
    assertThat(text(stack.root().json().at("/Outputs/ApiUrl/Value")))
        .isEqualTo("https://events.example.com");
    DocumentedNames ingest = nested("ingest");
    assertThat(ingest.text(environment(ingest.template(), "agentpost-ingest").path("INGEST_URL")))
        .isEqualTo("https://events.example.com/ingest/");
    DocumentedNames agent = nested("agentpost-hosted-everything");
    assertThat(
            agent.text(
                environment(agent.template(), "agentpost-hosted-everything").path("CALLBACK_URL")))
        .isEqualTo("https://events.example.com/webhooks/process-complete");
  }

  @Test
  void isInNobodysWayWithinTheStack() {
    DocumentedNames agent = nested("agentpost-hosted-plain");
    assertThat(
            agent.text(
                agent.template().only("AWS::Events::ApiDestination").at("/InvocationEndpoint")))
        .contains(".execute-api.")
        .endsWith("/prod/deliveries/hosted-plain");
  }

  /** A domain's request has no stage in its path. */
  @Test
  void theFirewallStandsBeforeItToo() {
    assertThat(
            stack.root().only("AWS::WAFv2::WebACL").at("/Rules").findValues("ByteMatchStatement"))
        .isNotEmpty()
        .allSatisfy(
            match -> {
              assertThat(match.path("SearchString").asText()).isEqualTo("/ingest/");
              assertThat(match.path("PositionalConstraint").asText()).isEqualTo("CONTAINS");
            });
  }

  @Test
  void itsCertificateIsOfTheStacksRegion() {
    assertThatCode(
            () -> {
              for (Optional<String> fitting :
                  List.of(Optional.<String>empty(), Optional.of("eu-central-1"))) {
                ApiDomain.checkRegion("agents.yaml", stack.catalog(), fitting);
              }
            })
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> ApiDomain.checkRegion("agents.yaml", stack.catalog(), Optional.of("us-east-1")))
        .hasMessageContaining(
            "domain.certificate is in eu-central-1, and the stack goes to us-east-1");
  }
}
