package agentpost.infra;

import java.util.List;
import java.util.Map;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.apigateway.CfnAccount;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.constructs.Construct;

/**
 * What an account has once in a region, for all stages and all its other APIs: the role by which
 * API Gateway writes logs. "You should only have one AWS::ApiGateway::Account resource per region
 * per account" (CloudFormation, AWS::ApiGateway::Account), so it is in no stage's stack.
 */
final class AccountStack extends Stack {
  /** No stage can be called so: its name has no hyphen. */
  static final String NAME = "agentpost-api-logs";

  AccountStack(Construct app) {
    super(app, NAME);
    Role role =
        Role.Builder.create(this, "Role")
            .assumedBy(new ServicePrincipal("apigateway.amazonaws.com"))
            .description("API Gateway writes the logs of all APIs of this region")
            // In the role itself, so that its rights last as long as it does.
            .inlinePolicies(Map.of("logs", rights()))
            .build();
    CfnAccount account =
        CfnAccount.Builder.create(this, "Account").cloudWatchRoleArn(role.getRoleArn()).build();
    // The account's setting names the role for as long as nobody sets another.
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    NagSuppressions.suppress(
        role,
        "AwsSolutions-IAM5",
        "The role is the account's, for all its APIs; these are the rights that API Gateway asks"
            + " for");
  }

  /** As AmazonAPIGatewayPushToCloudWatchLogs has them. */
  private static PolicyDocument rights() {
    PolicyDocument document = new PolicyDocument();
    document.addStatements(
        PolicyStatement.Builder.create()
            .actions(
                List.of(
                    "logs:CreateLogGroup",
                    "logs:CreateLogStream",
                    "logs:DescribeLogGroups",
                    "logs:DescribeLogStreams",
                    "logs:PutLogEvents",
                    "logs:GetLogEvents",
                    "logs:FilterLogEvents"))
            .resources(List.of("*"))
            .build());
    return document;
  }
}
