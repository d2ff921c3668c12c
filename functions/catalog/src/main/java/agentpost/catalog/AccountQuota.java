package agentpost.catalog;

import java.util.stream.LongStream;

/**
 * What an account has of AWS until someone asks for more, and how much of it a stack takes. Codes
 * and defaults are those of Service Quotas
 * (https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html).
 */
public enum AccountQuota {
  /** Archives have a rule of EventBridge's own on the bus. */
  RULES("events", "L-244521F2", "Number of rules", 300) {
    @Override
    public long use(CloudAssembly assembly) {
      return assembly
              .resources("AWS::Events::Rule")
              .filter(rule -> rule.properties().has("EventBusName"))
              .count()
          + count(assembly, "AWS::Events::Archive");
    }
  },
  API_DESTINATIONS("events", "L-FB1C3A6D", "Api destinations", 3000) {
    @Override
    public long use(CloudAssembly assembly) {
      return count(assembly, "AWS::Events::ApiDestination");
    }
  },
  ROLES("iam", "L-FE177D64", "Roles per account", 1000) {
    @Override
    public long use(CloudAssembly assembly) {
      return count(assembly, "AWS::IAM::Role");
    }
  },
  STACKS("cloudformation", "L-0485CB21", "Stack count", 2000) {
    @Override
    public long use(CloudAssembly assembly) {
      return 1 + count(assembly, "AWS::CloudFormation::Stack");
    }
  },
  ADDRESSES("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5) {
    @Override
    public long use(CloudAssembly assembly) {
      return count(assembly, "AWS::EC2::EIP");
    }
  },
  VPCS("vpc", "L-F678F1CE", "VPCs per Region", 5) {
    @Override
    public long use(CloudAssembly assembly) {
      return count(assembly, "AWS::EC2::VPC");
    }
  },
  /** "CodeDeploy quotas" of its user guide has 1,300 by now, and older accounts fewer. */
  DEPLOYMENTS("codedeploy", "L-AB125F0B", "Concurrent deployments per account", 1000) {
    @Override
    public long use(CloudAssembly assembly) {
      return count(assembly, DEPLOYMENT_GROUP);
    }
  },
  DEPLOYMENT_GROUPS(
      "codedeploy", "L-D9088B77", "Deployment groups associated with a single application", 1000) {
    @Override
    public long use(CloudAssembly assembly) {
      return count(assembly, DEPLOYMENT_GROUP);
    }
  },
  /** Lambda lets nobody reserve the last hundred. */
  CONCURRENT_EXECUTIONS("lambda", "L-B99A9384", "Concurrent executions", 1000) {
    @Override
    public long use(CloudAssembly assembly) {
      long reserved = reserved(assembly);
      return reserved == 0 ? 0 : reserved + MIN_UNRESERVED;
    }
  };

  /** A deployment moves all of them at the same time, each by a deployment of its own. */
  private static final String DEPLOYMENT_GROUP = "AWS::CodeDeploy::DeploymentGroup";

  /** Developer guide, "Configuring reserved concurrency". */
  public static final int MIN_UNRESERVED = 100;

  private final String service;
  private final String code;
  private final String title;
  private final long usual;

  AccountQuota(String service, String code, String title, long usual) {
    this.service = service;
    this.code = code;
    this.title = title;
    this.usual = usual;
  }

  /** How much of it the stack takes. */
  public abstract long use(CloudAssembly assembly);

  /** Executions that functions have for themselves. */
  public static long reserved(CloudAssembly assembly) {
    return assembly
        .resources("AWS::Lambda::Function")
        .flatMapToLong(
            function ->
                LongStream.of(function.properties().path("ReservedConcurrentExecutions").asLong()))
        .sum();
  }

  private static long count(CloudAssembly assembly, String type) {
    return assembly.resources(type).count();
  }

  /** As Service Quotas calls the service. */
  public String service() {
    return service;
  }

  public String code() {
    return code;
  }

  /** As Service Quotas calls it. */
  public String title() {
    return title;
  }

  /** What an account has that asked for nothing. */
  public long usual() {
    return usual;
  }
}
