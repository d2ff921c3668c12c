package agentpost.infra;

import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.LogGroupProps;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

/** What a service writes down of one resource: kept for a month, and gone with the stack. */
final class ServiceLog extends LogGroup {
  ServiceLog(Construct scope, String name) {
    super(
        scope,
        "Log",
        LogGroupProps.builder()
            .logGroupName(name)
            .retention(RetentionDays.ONE_MONTH)
            .removalPolicy(RemovalPolicy.DESTROY)
            .build());
  }
}
