package agentpost.infra;

import agentpost.catalog.ResourceNames;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.services.ec2.CfnEIP;
import software.amazon.awscdk.services.ec2.FlowLogDestination;
import software.amazon.awscdk.services.ec2.FlowLogOptions;
import software.amazon.awscdk.services.ec2.FlowLogTrafficType;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.IpAddresses;
import software.amazon.awscdk.services.ec2.NatGatewayProps;
import software.amazon.awscdk.services.ec2.NatProvider;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.constructs.Construct;
import software.constructs.IDependable;

/**
 * Fixed addresses for what calls out: a VPC with private subnets in two zones, each with a NAT
 * gateway and an Elastic IP of its own. Receivers let in both.
 */
final class StaticEgressVpc extends Construct {
  private static final int ZONES = 2;

  /** Of its own, so that a peered network is unlikely to have it. */
  private static final String RANGE = "10.117.0.0/24";

  private static final int PUBLIC_MASK = 28;
  private static final int PRIVATE_MASK = 26;

  private final List<CfnEIP> addresses;
  private final Vpc vpc;
  private final SecurityGroup group;

  /**
   * @param ports that calls go to, beside 443 for AWS itself
   */
  StaticEgressVpc(Construct scope, ResourceNames names, Iterable<Integer> ports) {
    super(scope, "Egress");
    addresses =
        Stream.of(1, 2)
            .map(zone -> CfnEIP.Builder.create(this, "Address" + zone).domain("vpc").build())
            .toList();
    vpc =
        Vpc.Builder.create(this, "Vpc")
            .vpcName(names.prefix())
            .ipAddresses(IpAddresses.cidr(RANGE))
            .maxAzs(ZONES)
            .natGateways(ZONES)
            .natGatewayProvider(
                NatProvider.gateway(
                    NatGatewayProps.builder()
                        .eipAllocationIds(
                            addresses.stream().map(CfnEIP::getAttrAllocationId).toList())
                        .build()))
            .subnetConfiguration(
                List.of(
                    SubnetConfiguration.builder()
                        .name("Public")
                        .subnetType(SubnetType.PUBLIC)
                        .cidrMask(PUBLIC_MASK)
                        .mapPublicIpOnLaunch(false)
                        .build(),
                    SubnetConfiguration.builder()
                        .name("Private")
                        .subnetType(SubnetType.PRIVATE_WITH_EGRESS)
                        .cidrMask(PRIVATE_MASK)
                        .build()))
            // Costs nothing, and each delivery reads a table. Endpoints of other services cost more
            // by the hour than what little goes to them costs at a NAT gateway.
            .gatewayEndpoints(
                Map.of(
                    "DynamoDb",
                    GatewayVpcEndpointOptions.builder()
                        .service(GatewayVpcEndpointAwsService.DYNAMODB)
                        .build()))
            .build();
    ServiceLog log = new ServiceLog(this, "/aws/vpc/" + names.prefix());
    vpc.addFlowLog(
        "Rejected",
        FlowLogOptions.builder()
            .destination(FlowLogDestination.toCloudWatchLogs(log))
            .trafficType(FlowLogTrafficType.REJECT)
            .build());
    group =
        SecurityGroup.Builder.create(this, "Group")
            .vpc(vpc)
            .securityGroupName(names.part("egress"))
            .description("Calls out, and nothing in")
            .allowAllOutbound(false)
            .build();
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "AWS, agents and callbacks");
    for (int port : ports) {
      if (port != 443) {
        group.addEgressRule(Peer.anyIpv4(), Port.tcp(port), "Agents and callbacks");
      }
    }
    for (int i = 0; i < addresses.size(); i++) {
      CfnOutput output =
          CfnOutput.Builder.create(this, "EgressAddress" + (i + 1))
              .value(addresses.get(i).getRef())
              .description("Deliveries come from here; receivers let it in")
              .build();
      output.overrideLogicalId("EgressAddress" + (i + 1));
    }
  }

  /** As ranges of one address each. */
  List<String> ranges() {
    return addresses.stream().map(address -> address.getRef() + "/32").toList();
  }

  List<String> subnets() {
    return vpc.getPrivateSubnets().stream().map(subnet -> subnet.getSubnetId()).toList();
  }

  String group() {
    return group.getSecurityGroupId();
  }

  /** What has to be there before anything gets out. */
  IDependable dependency() {
    return vpc.getInternetConnectivityEstablished();
  }
}
