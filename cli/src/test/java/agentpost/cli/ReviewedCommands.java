package agentpost.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Commands of the documents that neither {@code ./agentpost} nor {@code aws} takes, or that go on
 * until they are stopped: who holds each instead.
 */
enum ReviewedCommands {
  LOCAL("\\./agentpost local\\b.*", "LocalIT"),
  TAIL("\\./agentpost events tail\\b.*", "LocalIT"),
  DEMO("\\./agentpost demo", "DemoIT"),
  DEMO_LEADS("\\./agentpost demo leads", "LeadsIT"),
  DEMO_ALERTS("\\./agentpost demo alerts", "DemoAlertsIT"),
  NEW("\\./agentpost new( .*)?", "ProjectIT"),
  SYNTH("\\./agentpost synth", "WorkflowIT"),
  DOCTOR("\\./agentpost doctor( .*)?", "DoctorIT"),
  COST("\\./agentpost cost( .*)?", "CostIT"),
  BUILD("\\./agentpost build", "EditingIT"),
  CLONE("git clone https://\\S+", "no test: it reaches into the internet"),
  MAVEN("\\./mvnw( .*)?", "DocumentedCommandsTest"),
  VALIDATE("\\.ci/validate", "no test: the gate runs it"),
  CDK("npx --yes aws-cdk@[0-9.]+ (deploy|destroy)( .*)?", "CdkDeployIT"),
  CDK_BOOTSTRAP("npx --yes aws-cdk@[0-9.]+ bootstrap", "no test: it reaches into an account"),
  HOST_MODE("localstack/host-mode (start|stop)", "LocalStackEndpointScenariosIT"),
  FIDELITY("localstack/fidelity( http://.*| table .*)?", "FidelityIT"),
  RECEIVER("python3 docs/examples/receiver\\.py", "ExternalAgentsIT"),
  CRM_SIGNATURE("openssl dgst -sha256 -hmac .*|cut -d  -f1", "IngestDocumentIT"),
  MINISTACK(
      "python3 -m venv ministack|ministack/bin/pip install"
          + " ministack==[0-9.]+|ministack/bin/ministack",
      "no test: another maker's program, from the internet"),
  JQ("jq .*", "DocumentedCommandsIT"),
  CURL("curl .*", "DocumentedCommandsIT");

  private final Pattern command;
  private final String heldBy;

  ReviewedCommands(String command, String heldBy) {
    this.command = Pattern.compile(command, Pattern.DOTALL);
    this.heldBy = heldBy;
  }

  static Optional<ReviewedCommands> of(List<String> words) {
    return of(String.join(" ", words));
  }

  static Optional<ReviewedCommands> of(String command) {
    return Arrays.stream(values())
        .filter(reviewed -> reviewed.command.matcher(command).matches())
        .findFirst();
  }

  /** The test that runs it, or why there is none. */
  String heldBy() {
    return heldBy;
  }
}
