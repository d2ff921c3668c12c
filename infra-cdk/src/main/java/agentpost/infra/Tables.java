package agentpost.infra;

import agentpost.catalog.ResourceNames;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.dynamodb.Attribute;
import software.amazon.awscdk.services.dynamodb.AttributeType;
import software.amazon.awscdk.services.dynamodb.BillingMode;
import software.amazon.awscdk.services.dynamodb.GlobalSecondaryIndexProps;
import software.amazon.awscdk.services.dynamodb.PointInTimeRecoverySpecification;
import software.amazon.awscdk.services.dynamodb.ProjectionType;
import software.amazon.awscdk.services.dynamodb.Table;
import software.amazon.awscdk.services.dynamodb.TableEncryption;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.constructs.Construct;

/**
 * Who has handled what, what agents remember, what they wait for, and how they are. Kept when the
 * stack is deleted.
 */
final class Tables extends Construct {
  private final Table claims;
  private final Table agentState;
  private final Table operations;
  private final Table health;

  Tables(Construct scope, ResourceNames names) {
    super(scope, "Tables");
    claims =
        table("Claims", names.claims())
            .partitionKey(text("agent"))
            .sortKey(text("event_id"))
            .build();
    agentState =
        table("AgentState", names.agentState())
            .partitionKey(text("agent"))
            .sortKey(text("key"))
            .build();
    operations =
        table("Operations", names.operations()).partitionKey(text("correlation_id")).build();
    // Of its own, since agents write to the others: none has a right on what is known of its
    // health.
    health = table("Health", names.health()).partitionKey(text("agent")).build();
    // Both are sparse: a row is in them while it is open, or while its event is not on the bus.
    // They find rows; what is in them is read there.
    index(
        "open-by-deadline",
        text("open"),
        Attribute.builder().name("deadline").type(AttributeType.NUMBER).build());
    index(
        "unpublished",
        text("unpublished"),
        Attribute.builder().name("completed_at").type(AttributeType.NUMBER).build());
  }

  /**
   * An operation's id begins with who asked for it and a full stop, which no name has ({@code
   * OperationId.derive}): nobody who asks writes another's.
   */
  static PolicyStatement ownOperations(String asking, String tableArn) {
    return PolicyStatement.Builder.create()
        .actions(List.of("dynamodb:PutItem", "dynamodb:UpdateItem"))
        .resources(List.of(tableArn))
        .conditions(
            Map.of(
                "ForAllValues:StringLike", Map.of("dynamodb:LeadingKeys", List.of(asking + ".*"))))
        .build();
  }

  private void index(String name, Attribute hash, Attribute range) {
    operations.addGlobalSecondaryIndex(
        GlobalSecondaryIndexProps.builder()
            .indexName(name)
            .partitionKey(hash)
            .sortKey(range)
            .projectionType(ProjectionType.KEYS_ONLY)
            .build());
  }

  private static Attribute text(String name) {
    return Attribute.builder().name(name).type(AttributeType.STRING).build();
  }

  private Table.Builder table(String id, String name) {
    return Table.Builder.create(this, id)
        .tableName(name)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .encryption(TableEncryption.AWS_MANAGED)
        .pointInTimeRecoverySpecification(
            PointInTimeRecoverySpecification.builder().pointInTimeRecoveryEnabled(true).build())
        .timeToLiveAttribute("expires_at")
        // What a failed first deployment leaves would be in the way of the next.
        .removalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }

  Table claims() {
    return claims;
  }

  Table agentState() {
    return agentState;
  }

  Table operations() {
    return operations;
  }

  Table health() {
    return health;
  }
}
