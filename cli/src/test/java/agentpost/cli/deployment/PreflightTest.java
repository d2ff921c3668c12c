package agentpost.cli.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.cli.project.CdkOut;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Each test changes one thing of an account that is ready. */
class PreflightTest {
  @TempDir private Path folder;
  private FakeAccount account;

  @BeforeEach
  void start() throws IOException {
    account = new FakeAccount();
    new Assembly().agent("crm").writes("hello@example.com", "help@example.org").write(folder);
  }

  @AfterEach
  void stop() {
    account.close();
  }

  private Run run(String... more) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        new CommandLine(new PreflightCommand(() -> CdkOut.read(folder)))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode =
        command.execute(
            Stream.concat(Stream.of("--endpoint-url", account.url()), Stream.of(more))
                .toArray(String[]::new));
    return new Run(exitCode, out.toString(), err.toString());
  }

  private void assertStops(String about, String... said) {
    Run run = run();
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out()).contains("stop  " + about).contains(said);
    assertThat(run.err()).isEmpty();
  }

  private void assertWarns(String about, String... said) {
    Run run = run();
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out()).contains("warn  " + about).contains(said);
  }

  @Test
  void anAccountThatIsReadyStopsNothing() {
    Run run = run();
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .doesNotContain("stop  ", "warn  ")
        .contains(
            "ok    stack: agentpost is not deployed yet",
            "ok    bootstrap: version 28",
            "ok    events quota \"Number of rules\": the stack needs 1, and the account has 300")
        .endsWith("Nothing stops a deployment of agentpost.\n");
  }

  @Test
  void jsonHasTheSame() throws IOException {
    account.refuses("ssm:GetParameter", "ParameterNotFound", "");
    account.denies("dynamodb:ListTables");
    Run run = run("--json");
    assertEquals(1, run.exitCode(), run.everything());
    List<JsonNode> stops =
        new JsonMapper()
            .readTree(run.out())
            .valueStream()
            .filter(one -> one.path("level").asText().equals("stop"))
            .toList();
    assertThat(stops)
        .extracting(one -> one.path("about").asText())
        .containsExactly("bootstrap", "tables");
  }

  /** Each right that it needs, denied alone: one finding names it, and all others are there. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cloudformation:DescribeStacks",
        "ssm:GetParameter",
        "apigateway:GET",
        "lambda:GetAccountSettings",
        "servicequotas:GetServiceQuota",
        "ses:GetEmailIdentity",
        "ses:GetAccount",
        "logs:DescribeResourcePolicies",
        "logs:DescribeLogGroups",
        "dynamodb:ListTables",
        "s3:ListAllMyBuckets",
        "sqs:ListQueues",
        "secretsmanager:ListSecrets"
      })
  void aDeniedCallIsAFindingThatNamesTheRight(String right) throws IOException {
    int all = count(run());
    account.denies(right);
    Run run = run();
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out()).containsPattern("stop  .*could not read it: needs .*" + right);
    assertThat(run.everything()).doesNotContain("Exception", "\tat ");
    // Which names are taken is five findings, and one where the stack is not known.
    assertEquals(right.startsWith("cloudformation:") ? all - 4 : all, count(run));
    assertThat(Files.readString(Path.of("../docs/deploying.md"))).contains("`" + right + "`");
  }

  private static int count(Run run) {
    return (int) run.out().lines().filter(line -> line.matches("(ok  |warn|stop)  .*")).count();
  }

  @Test
  void whatFailsOtherwiseIsAFindingToo() {
    account.refuses("sqs:ListQueues", "InvalidAddress", "The address is not valid");
    assertStops("queues: could not read it: ", "The address is not valid");
  }

  @Test
  void whatIsThrottledIsAskedAgain() {
    int[] asked = new int[1];
    account.answersBy(
        "logs:DescribeResourcePolicies",
        _ ->
            asked[0]++ == 0
                ? "refused ThrottlingException Rate exceeded"
                : "{'resourcePolicies':[]}");
    assertEquals(0, run().exitCode());
    assertEquals(2, asked[0]);
  }

  @Test
  void aRegionWithoutABootstrapStackGetsTheCommand() {
    account.refuses("ssm:GetParameter", "ParameterNotFound", "");
    assertStops("bootstrap", "npx --yes aws-cdk@2.1148.1 bootstrap\n");
  }

  @Test
  void anOldBootstrapStackGetsItToo() {
    account.answers("ssm:GetParameter", "{'Parameter':{'Value':'5'}}");
    assertStops("bootstrap: version 5, and 6 is needed", "aws-cdk@2.1148.1 bootstrap\n");
  }

  @Test
  void theCommandsVersionIsTheDocuments() throws IOException {
    account.refuses("ssm:GetParameter", "ParameterNotFound", "");
    String command =
        run().out().lines().filter(line -> line.contains("npx")).findFirst().orElseThrow();
    assertThat(Files.readString(Path.of("../README.md"))).contains(command.strip());
  }

  @Test
  void anAccountWithoutALogRoleGetsTheStackThatMakesOne() {
    account.answers("apigateway:GET", "{'throttleSettings':{'rateLimit':10000.0}}");
    assertStops("API Gateway's log role", "npx --yes aws-cdk@2.1148.1 deploy -c account=true");
  }

  @Test
  void tenExecutionsAreAWarningWhereNothingIsReserved() {
    account.answers(
        "lambda:GetAccountSettings",
        "{'AccountLimit':{'ConcurrentExecutions':10,'TotalCodeSize':80530636800},'AccountUsage':{'TotalCodeSize':0}}");
    assertWarns(
        "Lambda's concurrency: the account has 10 executions, and one slow agent can hold 100",
        "--service-code lambda --quota-code L-B99A9384 --desired-value 1000");
  }

  @Test
  void tenExecutionsStopWhoReservesAny() throws IOException {
    new Assembly().agent("crm").reserves(5).write(folder);
    account.answers(
        "lambda:GetAccountSettings",
        "{'AccountLimit':{'ConcurrentExecutions':10,'TotalCodeSize':80530636800},'AccountUsage':{'TotalCodeSize':0}}");
    assertStops(
        "Lambda's concurrency: functions reserve 5 executions and 100 must stay unreserved",
        "--quota-code L-B99A9384 --desired-value 1000");
  }

  /** Every deployment leaves a version of each function that it changes. */
  @Test
  void versionsOfManyDeploymentsLeaveNoRoomForTheNext() throws IOException {
    Files.write(folder.resolve("asset.2c.zip"), new byte[3_000_000]);
    assertThat(run().out())
        .contains("ok    Lambda's code storage: the stack takes up to 3 MB of the 80530 MB left");
    account.answers(
        "lambda:GetAccountSettings",
        "{'AccountLimit':{'ConcurrentExecutions':1000,'TotalCodeSize':80530636800},'AccountUsage':{'TotalCodeSize':80529000000}}");
    assertStops(
        "Lambda's code storage: the stack takes up to 3 MB, and of the account's 80530 MB 1 MB are"
            + " left",
        "./agentpost rollback --prune",
        "--service-code lambda --quota-code L-2ACBD22F --desired-value 76");
  }

  @Test
  void aSenderIsVerifiedByItsDomainToo() {
    account.answersBy(
        "ses:GetEmailIdentity",
        path ->
            path.endsWith("/example.com")
                ? "{'VerifiedForSendingStatus':true}"
                : "refused NotFoundException none");
    assertThat(run().out()).contains("ok    SES sender hello@example.com: verified");
  }

  @Test
  void aSenderThatIsNotVerifiedIsAWarning() {
    account.answers("ses:GetEmailIdentity", "{'VerifiedForSendingStatus':false}");
    assertWarns(
        "SES sender hello@example.com",
        "aws sesv2 create-email-identity --email-identity hello@example.com");
  }

  @Test
  void theSandboxIsAWarningForRecipientsThatAreNotVerified() {
    account.answers("ses:GetAccount", "{'SendingEnabled':true,'ProductionAccessEnabled':false}");
    account.answersBy(
        "ses:GetEmailIdentity",
        path ->
            path.contains("hello")
                ? "{'VerifiedForSendingStatus':true}"
                : "refused NotFoundException none");
    assertWarns("SES recipient help@example.org", "sesv2 put-account-details");
  }

  @Test
  void tenPoliciesOfOthersLeaveNoRoomForTheLogs() {
    String ten =
        IntStream.range(0, 10)
            .mapToObj(n -> "{'policyName':'other" + n + "'}")
            .collect(Collectors.joining(","));
    account.answers("logs:DescribeResourcePolicies", "{'resourcePolicies':[" + ten + "]}");
    assertStops("resource policies of CloudWatch Logs: there are 10 of 10", "other0, other1");
    account.answers(
        "logs:DescribeResourcePolicies",
        "{'resourcePolicies':[" + ten.replace("other9", "agentpost-events") + "]}");
    assertEquals(0, run().exitCode(), "its own is there");
  }

  /** User guide, "Stack status codes". */
  @ParameterizedTest
  @CsvSource({
    "ROLLBACK_COMPLETE, cloudformation delete-stack --stack-name agentpost",
    "ROLLBACK_FAILED, cloudformation delete-stack --stack-name agentpost",
    "DELETE_FAILED, cloudformation delete-stack --stack-name agentpost",
    "UPDATE_ROLLBACK_FAILED, cloudformation continue-update-rollback --stack-name agentpost",
    "IMPORT_ROLLBACK_FAILED, cloudformation describe-stack-events --stack-name agentpost",
    "UPDATE_IN_PROGRESS, cloudformation describe-stack-events --stack-name agentpost"
  })
  void aStackThatCannotBeChangedGetsTheCommand(String status, String command) {
    account.stack(status).resources(Map.of());
    assertStops("stack: agentpost is " + status, "aws " + command);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})
  void aStackThatCanBeChangedIsFine(String status) {
    account.stack(status).resources(Map.of());
    assertThat(run().out()).contains("ok    stack: agentpost is " + status);
  }

  private void leaveHalf() {
    account
        .answers("dynamodb:ListTables", "{'TableNames':['agentpost-claims','agentpost-other']}")
        .buckets(
            "agentpost-discarded-123456789012-us-east-1",
            "agentpost-discarded-123456789012-eu-west-1",
            "agentpost-discarded-mine-us-east-1")
        .answers("sqs:ListQueues", "{'QueueUrls':['https://sqs/123456789012/agentpost-crm-dlq']}")
        .answers(
            "sqs:GetQueueAttributes",
            "{'Attributes':{'ApproximateNumberOfMessages':'2','ApproximateNumberOfMessagesNotVisible':'1'}}")
        .answers(
            "secretsmanager:ListSecrets",
            "{'SecretList':[{'Name':'agentpost/agents/crm','DeletedDate':1774953000},{'Name':'agentpost/sources/x'}]}")
        .answersBy(
            "logs:DescribeLogGroups",
            input ->
                input.contains("/aws/lambda")
                    ? "{'logGroups':[{'logGroupName':'/aws/lambda/agentpost-crm'},{'logGroupName':'/aws/lambda/agentpost-crm2'}]}"
                    : "{'logGroups':[]}");
  }

  @Test
  void halfOfTheNamesLeftBehindAreListedWithWhatRemovesThem() {
    leaveHalf();
    Run run = run();
    assertEquals(1, run.exitCode());
    String at = " --endpoint-url " + account.url() + "\n";
    assertThat(run.out())
        .contains(
            "deploy --import-existing-resources",
            "aws dynamodb delete-table --table-name agentpost-claims" + at,
            "aws s3api delete-bucket --bucket agentpost-discarded-123456789012-us-east-1" + at,
            "stop  queues: agentpost-crm-dlq exists, but in no stack, with 3 dead letters",
            "./agentpost dlq export crm --endpoint-url " + account.url() + " > crm-letters.json\n",
            "aws sqs delete-queue --queue-url https://sqs/123456789012/agentpost-crm-dlq" + at,
            "./agentpost redeliver crm crm-letters.json",
            "aws secretsmanager delete-secret --force-delete-without-recovery --secret-id"
                + " agentpost/agents/crm"
                + at,
            "aws logs delete-log-group --log-group-name /aws/lambda/agentpost-crm" + at)
        .containsSubsequence("stop  log groups", "stop  tables", "delete-table", "deploy --import")
        .doesNotContain("agentpost-other", "eu-west-1", "-mine-", "sources/x", "agentpost-crm2")
        .endsWith("A deployment of agentpost is stopped by 5 of these.\n");
  }

  @Test
  void whatTheStackHasIsNotLeftBehind() {
    leaveHalf();
    account
        .stack("UPDATE_COMPLETE")
        .resources(
            Map.of(
                "Claims",
                "c",
                "Health",
                "h",
                "Bucket",
                "b",
                "Log",
                "l",
                "Relay",
                "r",
                "crmStack",
                "s"));
    Run run = run();
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out()).contains("ok    queues: no name is taken");
  }

  @Test
  void whatAnAgentLeftThatComesAgainIs() throws IOException {
    leaveHalf();
    account
        .stack("UPDATE_COMPLETE")
        .resources(Map.of("Claims", "c", "Health", "h", "Bucket", "b", "Log", "l", "Relay", "r"));
    Run run = run();
    assertThat(run.out())
        .contains("stop  queues: agentpost-crm-dlq", "stop  secrets: agentpost/agents/crm")
        .contains("ok    tables: no name is taken", "ok    bucket: no name is taken");
  }

  @Test
  void threeHundredAgentsAreMoreThanTheQuotasAndTheirNamesComeInPages() throws IOException {
    Assembly large = new Assembly();
    IntStream.range(0, 301).forEach(n -> large.agent("a" + n));
    folder = large.write(Files.createDirectory(folder.resolve("large")));
    account.answersBy(
        "secretsmanager:ListSecrets",
        input ->
            input.contains("NextToken")
                ? "{'SecretList':[{'Name':'agentpost/agents/a300','DeletedDate':1774953000}]}"
                : "{'SecretList':[{'Name':'agentpost/agents/a0','DeletedDate':1774953000}],'NextToken':'2'}");
    account.answersBy(
        "logs:DescribeLogGroups",
        input ->
            !input.contains("/aws/lambda")
                ? "{'logGroups':[]}"
                : input.contains("nextToken")
                    ? "{'logGroups':[{'logGroupName':'/aws/lambda/agentpost-a7'}]}"
                    : "{'logGroups':[],'nextToken':'2'}");
    Run run = run();
    assertEquals(1, run.exitCode());
    assertThat(run.out())
        .contains(
            "stop  events quota \"Number of rules\": the stack needs 301, and the account has 300",
            "--service-code events --quota-code L-244521F2 --desired-value 301",
            "warn  API Gateway's throttle: the catalog's rates come to 180600 requests a second",
            "delete-secret --force-delete-without-recovery --secret-id agentpost/agents/a0 ",
            "delete-secret --force-delete-without-recovery --secret-id agentpost/agents/a300 ",
            "delete-log-group --log-group-name /aws/lambda/agentpost-a7 ");
  }

  @Test
  void aQuotaThatWasRaisedIsTheOneThatCounts() throws IOException {
    Assembly large = new Assembly();
    IntStream.range(0, 301).forEach(n -> large.agent("a" + n));
    folder = large.write(Files.createDirectory(folder.resolve("large")));
    account.answersBy(
        "servicequotas:GetServiceQuota",
        input ->
            input.contains("L-244521F2")
                ? "{'Quota':{'QuotaCode':'L-244521F2','Value':500.0,'Adjustable':true}}"
                : "refused NoSuchResourceException none");
    assertThat(run().out())
        .contains(
            "ok    events quota \"Number of rules\": the stack needs 301, and the account has 500");
  }

  @Test
  void aCanaryOfMoreFunctionsThanCodeDeployMovesAtATimeStops() throws IOException {
    assertThat(run().out()).doesNotContain("codedeploy");
    folder =
        new Assembly()
            .agent("crm")
            .agent("erp")
            .canary()
            .write(Files.createDirectory(folder.resolve("canary")));
    assertThat(run().out())
        .contains(
            "ok    codedeploy quota \"Concurrent deployments per account\": the stack needs 2, and"
                + " the account has 1000",
            "ok    codedeploy quota \"Deployment groups associated with a single application\"");
    account.answersBy(
        "servicequotas:GetServiceQuota",
        input ->
            input.contains("L-AB125F0B")
                ? "{'Quota':{'QuotaCode':'L-AB125F0B','Value':1.0}}"
                : "refused NoSuchResourceException none");
    assertStops(
        "codedeploy quota \"Concurrent deployments per account\": the stack needs 2, and the"
            + " account has 1",
        "--service-code codedeploy --quota-code L-AB125F0B --desired-value 2");
  }

  /** What nobody answers is no finding a service each. */
  @Test
  void aPlaceWhereNobodyAnswersIsToldOfOnce() {
    account.close();
    Run run = run();
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("nothing answers at " + account.url());
    assertThat(run.out()).isEmpty();
  }

  /** It reads, and nothing else. */
  @Test
  void everyCallOnlyReads() {
    leaveHalf();
    run();
    assertThat(account.called())
        .isNotEmpty()
        .allMatch(call -> call.matches("(?s)[a-z0-9]+:(Get|List|Describe|GET).*"));
  }

  private static final String CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1";
  private static final String NAME_RIGHT = "apigateway:GET on /domainnames/events.example.com";

  private void domain() throws IOException {
    new Assembly().agent("crm").domain("events.example.com", CERTIFICATE).write(folder);
    certificate("ISSUED", "events.example.com");
    account.refuses(NAME_RIGHT, "NotFoundException", "Invalid domain name identifier specified");
  }

  private void certificate(String status, String name) {
    account.answersBy(
        "acm:DescribeCertificate",
        input -> {
          assertThat(input).contains(CERTIFICATE);
          return "{'Certificate':{'Status':'%s','DomainName':'%2$s','SubjectAlternativeNames':['%2$s','www.example.org']}}"
              .formatted(status, name);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"events.example.com", "Events.Example.com", "*.example.com"})
  void aDomainWhoseCertificateIsForItStopsNothing(String certified) throws IOException {
    domain();
    certificate("ISSUED", certified);
    Run run = run();
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains(
            "ok    certificate: issued for events.example.com",
            "ok    domain events.example.com: not taken");
  }

  @ParameterizedTest
  @CsvSource({
    "PENDING_VALIDATION, events.example.com, is PENDING_VALIDATION",
    "EXPIRED, events.example.com, is EXPIRED",
    "ISSUED, example.com, and not for events.example.com",
    "ISSUED, *.events.example.com, and not for events.example.com",
    "ISSUED, *.com, and not for events.example.com",
    "ISSUED, vents.example.com, and not for events.example.com"
  })
  void aCertificateThatIsNotIssuedForTheDomainStops(String status, String certified, String said)
      throws IOException {
    domain();
    certificate(status, certified);
    assertStops("certificate", said, "aws acm ");
  }

  @Test
  void aCertificateThatIsNotThereStops() throws IOException {
    domain();
    account.refuses("acm:DescribeCertificate", "ResourceNotFoundException", "Could not find it");
    assertStops("certificate", CERTIFICATE + " is not there", "aws acm list-certificates");
  }

  @Test
  void aDomainThatIsTakenStopsUnlessItIsTheStacks() throws IOException {
    domain();
    account.answers(NAME_RIGHT, "{'domainName':'events.example.com'}");
    assertStops(
        "domain events.example.com",
        "aws apigateway delete-domain-name --domain-name events.example.com");
    account.stack("UPDATE_COMPLETE").resources(Map.of("Domain", "events.example.com"));
    assertThat(run().out()).contains("ok    domain events.example.com: is the stack's");
  }

  @ParameterizedTest
  @ValueSource(strings = {"acm:DescribeCertificate", NAME_RIGHT})
  void aDeniedLookAtTheDomainNamesTheRight(String right) throws IOException {
    domain();
    account.denies(right);
    Run run = run();
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out()).containsPattern("stop  .*could not read it: needs " + right);
    assertThat(Files.readString(Path.of("../docs/deploying.md")))
        .contains("`" + right.replaceFirst(" .*", "") + "`");
  }
}
