package agentpost.local.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Long work in a template: the processor {@code calendar} with its secret, queue and worker, the
 * callback handler, and a function that starts operations.
 */
final class OperationsTemplate {
  private static final String URL =
      "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod";

  private OperationsTemplate() {}

  static void into(AgentpostTemplate template) {
    table(template.resource("Operations", "AWS::DynamoDB::Table"));
    template.secret("Processorcalendar", "agentpost/processors/calendar");
    template
        .resource("Work", "AWS::SQS::Queue")
        .put("QueueName", "agentpost-calendar")
        .put("VisibilityTimeout", 60);
    worked(
        template.function(
            "agentpost-process-data",
            "agentpost.callback.ProcessDataHandler",
            15,
            "/process-data"));
    worked(
            template.function(
                "agentpost-calendar", "agentpost.calendar.CalendarHandler", 25, "/calendar"))
        .put("AGENT_STATE_TABLE", "agentpost-agent-state");
    ObjectNode mapping =
        template
            .resource("Working", "AWS::Lambda::EventSourceMapping")
            .put("FunctionName", "agentpost-calendar")
            .put("BatchSize", 5);
    mapping.putObject("EventSourceArn").putArray("Fn::GetAtt").add("Work").add("Arn");
    mapping.putArray("FunctionResponseTypes").add("ReportBatchItemFailures");
    template
        .function(
            "agentpost-callback-handler",
            "agentpost.callback.CallbackHandler",
            15,
            "/webhooks/process-complete")
        .put("PROCESSORS", "calendar")
        .put("PROCESSOR_SECRET_PREFIX", "agentpost/processors/")
        .put("OPERATIONS_TABLE", "agentpost-operations")
        .put("BUS_NAME", "agentpost");
    ObjectNode start =
        template
            .function(
                "agentpost-start-operation",
                "agentpost.callback.StartOperationHandler",
                15,
                "/start-operation")
            .put("AGENT", "workflow")
            .put("PROCESSOR", "calendar")
            .put("OPERATIONS_TABLE", "agentpost-operations")
            .put("PROCESSOR_SECRET_PREFIX", "agentpost/processors/");
    start.putObject("PROCESSOR_URL").put("Fn::Sub", URL + "/process-data");
    start.putObject("CALLBACK_URL").put("Fn::Sub", URL + "/webhooks/process-complete");
  }

  private static ObjectNode worked(ObjectNode environment) {
    environment
        .put("PROCESSOR", "calendar")
        .put("PROCESSOR_SECRET_PREFIX", "agentpost/processors/")
        .put("CLAIMS_TABLE", "agentpost-claims")
        .put("CALLBACK_ALLOWED_PORTS", "443");
    environment.putObject("WORK_QUEUE_URL").put("Ref", "Work");
    return environment;
  }

  private static void table(ObjectNode table) {
    table.put("TableName", "agentpost-operations").put("BillingMode", "PAY_PER_REQUEST");
    for (String column :
        new String[] {
          "correlation_id S", "open S", "deadline N", "unpublished S", "completed_at N"
        }) {
      String[] parts = column.split(" ");
      table
          .withArray("AttributeDefinitions")
          .addObject()
          .put("AttributeName", parts[0])
          .put("AttributeType", parts[1]);
    }
    table
        .withArray("KeySchema")
        .addObject()
        .put("AttributeName", "correlation_id")
        .put("KeyType", "HASH");
    index(table, "open-by-deadline", "open", "deadline");
    index(table, "unpublished", "unpublished", "completed_at");
  }

  private static void index(ObjectNode table, String name, String hash, String range) {
    ObjectNode index = table.withArray("GlobalSecondaryIndexes").addObject().put("IndexName", name);
    index.putArray("KeySchema").addObject().put("AttributeName", hash).put("KeyType", "HASH");
    index.withArray("KeySchema").addObject().put("AttributeName", range).put("KeyType", "RANGE");
    index.putObject("Projection").put("ProjectionType", "KEYS_ONLY");
  }
}
