package agentpost.cli.deployment;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.cloud.AwsApi;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.ShellWord;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Whether the API can have the name that the catalog gives it. */
final class DomainChecks {
  private static final String CERTIFICATE = "certificate";
  private static final String DOMAIN = "domain ";

  private final CloudOptions place;
  private final CloudAssembly assembly;
  private final Optional<DeployedStack> deployed;

  DomainChecks(CloudOptions place, CloudAssembly assembly, Optional<DeployedStack> deployed) {
    this.place = place;
    this.assembly = assembly;
    this.deployed = deployed;
  }

  List<AccountCheck> all() {
    return assembly
        .resources("AWS::ApiGateway::DomainName")
        .map(resource -> resource.properties())
        .flatMap(
            domain -> {
              String name = domain.path("DomainName").asText();
              String certificate = domain.path("RegionalCertificateArn").asText();
              return Stream.of(
                  new AccountCheck(
                      CERTIFICATE,
                      "acm:DescribeCertificate",
                      () -> List.of(certificate(name, certificate))),
                  new AccountCheck(
                      DOMAIN + name,
                      "apigateway:GET on /domainnames/" + name,
                      () -> List.of(name(name))));
            })
        .toList();
  }

  /** API Gateway takes one that ACM has issued, for that name (ACM's API, CertificateDetail). */
  private Finding certificate(String name, String arn) {
    String show = place.nextOfAws("acm describe-certificate --certificate-arn " + arn);
    try {
      JsonNode certificate =
          place
              .askApi(
                  api ->
                      api.call(
                          AwsApi.Service.CERTIFICATES,
                          "CertificateManager.DescribeCertificate",
                          JsonNodeFactory.instance.objectNode().put("CertificateArn", arn)))
              .path("Certificate");
      String status = certificate.path("Status").asText();
      if (!status.equals("ISSUED")) {
        return Finding.stop(CERTIFICATE, arn + " is " + status + ", and must be ISSUED", show);
      }
      // The first of them is among them.
      List<String> names =
          certificate.path("SubjectAlternativeNames").valueStream().map(JsonNode::asText).toList();
      return names.stream().anyMatch(one -> covers(one, name))
          ? Finding.ok(CERTIFICATE, "issued for " + name)
          : Finding.stop(
              CERTIFICATE,
              arn + " is for " + String.join(", ", names) + ", and not for " + name,
              place.nextOfAws(
                  "acm request-certificate --validation-method DNS --domain-name "
                      + ShellWord.quote(name)));
    } catch (AwsServiceException e) {
      if (AccountCheck.code(e).equals("ResourceNotFoundException")) {
        return Finding.stop(
            CERTIFICATE,
            arn + " is not there",
            place.nextOfAws("acm list-certificates --certificate-statuses ISSUED"));
      }
      throw e;
    }
  }

  /** An asterisk is for one label (RFC 9525, section 6.3). */
  private static boolean covers(String certified, String name) {
    return certified.equalsIgnoreCase(name)
        || (certified.startsWith("*.")
            && name.indexOf('.') > 0
            && certified.substring(1).equalsIgnoreCase(name.substring(name.indexOf('.'))));
  }

  private Finding name(String name) {
    String about = DOMAIN + name;
    if (deployed.filter(stack -> stack.resources().containsValue(name)).isPresent()) {
      return Finding.ok(about, "is the stack's");
    }
    try {
      place.askApi(api -> api.get(AwsApi.Service.API_GATEWAY, "/domainnames/" + name));
    } catch (AwsServiceException e) {
      if (AccountCheck.code(e).equals("NotFoundException")) {
        return Finding.ok(about, "not taken");
      }
      throw e;
    }
    return Finding.stop(
        about,
        "exists, but in no stack; deleting it ends what it leads to now",
        place.nextOfAws("apigateway delete-domain-name --domain-name " + name));
  }
}
