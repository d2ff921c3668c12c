package agentpost.infra;

import software.amazon.awscdk.services.dynamodb.Attribute;
import software.amazon.awscdk.services.dynamodb.AttributeType;
import software.amazon.awscdk.services.dynamodb.BillingMode;
import software.amazon.awscdk.services.dynamodb.PointInTimeRecoverySpecification;
import software.amazon.awscdk.services.dynamodb.Table;
import software.amazon.awscdk.services.dynamodb.TableEncryption;
import software.constructs.Construct;

/** Who has handled what, and what agents remember. Kept when the stack is deleted. */
final class Tables extends Construct {
  private final Table claims;
  private final Table agentState;

  Tables(Construct scope, Names names) {
    super(scope, "Tables");
    claims = table("Claims", names.table("claims"), "event_id");
    agentState = table("AgentState", names.table("agent-state"), "key");
  }

  private Table table(String id, String name, String sortKey) {
    return Table.Builder.create(this, id)
        .tableName(name)
        .partitionKey(Attribute.builder().name("agent").type(AttributeType.STRING).build())
        .sortKey(Attribute.builder().name(sortKey).type(AttributeType.STRING).build())
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .encryption(TableEncryption.AWS_MANAGED)
        .pointInTimeRecoverySpecification(PointInTimeRecoverySpecification.builder().pointInTimeRecoveryEnabled(true).build())
        .timeToLiveAttribute("expires_at")
        .build();
  }

  Table claims() {
    return claims;
  }

  Table agentState() {
    return agentState;
  }
}
