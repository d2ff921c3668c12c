package agentpost.cli.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.CloudAssembly;
import agentpost.catalog.EnvironmentVariables;
import agentpost.cli.cloud.AwsApi;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.ShellWord;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Whether what agents write is sent. A deployment does without; their mail does not. */
final class MailChecks {
  private static final String ACCOUNT = "SES";
  private static final String SENDER = "SES sender ";
  private static final String RECIPIENT = "SES recipient ";
  private static final String IDENTITY_RIGHT = "ses:GetEmailIdentity";

  private final CloudOptions place;
  private final CloudAssembly assembly;

  MailChecks(CloudOptions place, CloudAssembly assembly) {
    this.place = place;
    this.assembly = assembly;
  }

  List<AccountCheck> all() {
    List<AccountCheck> checks = new ArrayList<>();
    for (String sender : settings(EnvironmentVariables.EMAIL_FROM)) {
      checks.add(new AccountCheck(SENDER + sender, IDENTITY_RIGHT, () -> List.of(sender(sender))));
    }
    if (!checks.isEmpty()) {
      checks.add(new AccountCheck(ACCOUNT, "ses:GetAccount and " + IDENTITY_RIGHT, this::account));
    }
    return checks;
  }

  /** What functions have in that variable. */
  private SortedSet<String> settings(String variable) {
    return assembly
        .resources("AWS::Lambda::Function")
        .map(function -> function.properties().at("/Environment/Variables").path(variable))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Finding sender(String address) {
    return isVerified(address)
        ? Finding.ok(SENDER + address, "verified")
        : Finding.warn(
            SENDER + address,
            "neither it nor its domain is verified, so agents' mail is refused",
            verify(address));
  }

  private String verify(String address) {
    return place.nextOfAws(
        "sesv2 create-email-identity --email-identity " + ShellWord.quote(address));
  }

  private boolean isVerified(String address) {
    return isVerifiedIdentity(address)
        || isVerifiedIdentity(address.substring(address.indexOf('@') + 1));
  }

  private boolean isVerifiedIdentity(String identity) {
    String path = "/v2/email/identities/" + URLEncoder.encode(identity, UTF_8);
    try {
      return place
          .askApi(api -> api.get(AwsApi.Service.SES, path))
          .path("VerifiedForSendingStatus")
          .asBoolean();
    } catch (AwsServiceException e) {
      if (AccountCheck.code(e).equals("NotFoundException")) {
        return false;
      }
      throw e;
    }
  }

  private List<Finding> account() {
    JsonNode account = place.askApi(api -> api.get(AwsApi.Service.SES, "/v2/email/account"));
    List<Finding> findings = new ArrayList<>();
    if (!account.path("SendingEnabled").asBoolean()) {
      findings.add(
          Finding.warn(
              ACCOUNT,
              "sending is off, and the account is " + account.path("EnforcementStatus").asText(),
              place.nextOfAws("sesv2 put-account-sending-attributes --sending-enabled")));
    }
    if (account.path("ProductionAccessEnabled").asBoolean()) {
      findings.add(Finding.ok(ACCOUNT, "out of the sandbox"));
      return findings;
    }
    findings.add(
        Finding.warn(
            ACCOUNT,
            "in the sandbox, where only verified recipients get mail; request production access",
            place.nextOfAws(
                "sesv2 put-account-details --production-access-enabled --mail-type TRANSACTIONAL"
                    + " --website-url https://YOUR-SITE")));
    settings(EnvironmentVariables.SUPPORT_EMAIL).stream()
        .filter(recipient -> !isVerified(recipient))
        .forEach(
            recipient ->
                findings.add(
                    Finding.warn(
                        RECIPIENT + recipient,
                        "not verified, so in the sandbox it gets no mail",
                        verify(recipient))));
    return findings;
  }
}
