package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import io.github.cdklabs.cdknag.NagPackProps;
import io.github.cdklabs.cdknag.NagReportFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Aspects;

/** What an account has once, and that no stage's stack has any of it: a stage comes and goes. */
class AccountStackTest {
  /**
   * Of each of these an account has one in a region, whatever stacks declare it: the one that is
   * deleted takes it from all.
   */
  private static final Set<String> ONCE =
      Set.of(
          "AWS::ApiGateway::Account",
          "AWS::GuardDuty::Detector",
          "AWS::Config::ConfigurationRecorder",
          "AWS::Logs::AccountPolicy",
          "AWS::SecurityHub::Hub",
          "AWS::SES::VdmAttributes",
          "AWS::SSM::ResourcePolicy",
          "AWS::XRay::TransactionSearchConfig",
          "AWS::IAM::AccountAlias");

  @TempDir private static Path directory;
  private static Template account = new Template(new JsonMapper().nullNode(), Map.of());

  @BeforeAll
  static void synthesize() throws IOException {
    App app =
        new App(AppProps.builder().outdir(directory.toString()).analyticsReporting(false).build());
    new AccountStack(app);
    Aspects.of(app)
        .add(
            new AwsSolutionsChecks(
                NagPackProps.builder()
                    .reports(true)
                    .reportFormats(List.of(NagReportFormat.JSON))
                    .build()));
    app.synth();
    account = new Template(read("agentpost-api-logs.template.json"), Map.of());
  }

  private static JsonNode read(String file) throws IOException {
    return new JsonMapper().readTree(directory.resolve(file).toFile());
  }

  @Test
  void noStageHasWhatAnAccountHasOnce(@TempDir Path mixed, @TempDir Path doors) {
    Stream.of(
            Synthesized.of(mixed, Synthesized.MIXED, Map.of("stage", "try7", "workflow", "true")),
            Synthesized.of(doors, Synthesized.MIXED + DoorsTest.DOORS, Map.of()))
        .flatMap(Synthesized::templates)
        .forEach(
            template ->
                assertThat(template.json().path("Resources").valueStream())
                    .extracting(resource -> resource.path("Type").asText())
                    .isNotEmpty()
                    .doesNotContainAnyElementsOf(ONCE));
  }

  /** The setting outlives the stack; a role without its rights would end the logs of every API. */
  @Test
  void theRoleKeepsItsRightsAsLongAsTheAccountNamesIt() {
    Template.Resource role = account.only("AWS::IAM::Role");
    Template.Resource setting = account.only("AWS::ApiGateway::Account");
    assertEquals(role.arn(), setting.text("/CloudWatchRoleArn"));
    assertThat(Stream.of(role, setting))
        .allSatisfy(
            one -> {
              assertEquals("Retain", one.json().path("DeletionPolicy").asText());
              assertEquals("Retain", one.json().path("UpdateReplacePolicy").asText());
            });
    assertThat(Template.strings(role.at("/Policies/0/PolicyDocument/Statement/0/Action")))
        .contains("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents");
    assertThat(account.json().path("Resources").valueStream())
        .extracting(resource -> resource.path("Type").asText())
        .containsExactlyInAnyOrder("AWS::IAM::Role", "AWS::ApiGateway::Account");
    assertThat(role.properties().has("RoleName"))
        .as("a name that is left behind is in the way of the next")
        .isFalse();
  }

  @Test
  void noStageIsCalledSo() {
    assertThat(AgentpostApp.names("account").prefix()).isNotEqualTo(AccountStack.NAME);
    assertThat(AccountStack.NAME).matches("agentpost-[a-z]+-[a-z]+");
  }

  @Test
  void hasNoFindingWithoutAnExplanation() throws IOException {
    assertThat(read("AwsSolutions-agentpost-api-logs-NagReport.json").path("lines"))
        .isNotEmpty()
        .allSatisfy(
            finding ->
                assertThat(finding.path("compliance").asText())
                    .as(finding.toString())
                    .isIn("Compliant", "Suppressed"));
  }
}
