package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.CatalogException;
import java.util.List;
import java.util.Optional;
import software.amazon.awscdk.services.apigateway.CfnBasePathMapping;
import software.amazon.awscdk.services.apigateway.CfnDomainName;
import software.amazon.awscdk.services.apigateway.CfnRestApi;
import software.amazon.awscdk.services.apigateway.CfnStage;
import software.amazon.awscdk.services.route53.CfnRecordSet;
import software.constructs.Construct;

/**
 * A name of one's own for the API: it stays whatever becomes of the API, and has no stage in it.
 */
final class ApiDomain extends Construct {
  private final CfnDomainName name;

  ApiDomain(Construct scope, Catalog.Domain domain, CfnRestApi api, CfnStage stage) {
    super(scope, "Domain");
    name =
        CfnDomainName.Builder.create(this, "Name")
            .domainName(domain.name())
            .regionalCertificateArn(domain.certificate())
            .securityPolicy("TLS_1_2")
            .endpointConfiguration(
                CfnDomainName.EndpointConfigurationProperty.builder()
                    .types(List.of("REGIONAL"))
                    .build())
            .build();
    CfnBasePathMapping.Builder.create(this, "Mapping")
        .domainName(name.getRef())
        .restApiId(api.getRef())
        .stage(stage.getRef())
        .build();
    CfnRecordSet.Builder.create(this, "Record")
        .name(domain.name())
        .type("A")
        .hostedZoneId(domain.zone())
        .aliasTarget(
            CfnRecordSet.AliasTargetProperty.builder()
                .dnsName(name.getAttrRegionalDomainName())
                .hostedZoneId(name.getAttrRegionalHostedZoneId())
                .build())
        .build();
  }

  /** Without a slash at the end. */
  String url() {
    return "https://" + name.getRef();
  }

  /**
   * A regional API takes a certificate of its own region (developer guide, "Set up a Regional
   * custom domain name in API Gateway").
   *
   * @param region that the CDK's command deploys to, if it is known
   */
  static void checkRegion(String file, Catalog catalog, Optional<String> region) {
    catalog
        .domain()
        .filter(domain -> region.isPresent() && !domain.region().equals(region.get()))
        .ifPresent(
            domain -> {
              throw new CatalogException(
                  file,
                  List.of(
                      "domain.certificate is in "
                          + domain.region()
                          + ", and the stack goes to "
                          + region.get()
                          + "; a regional API takes a certificate of its own region"));
            });
  }
}
