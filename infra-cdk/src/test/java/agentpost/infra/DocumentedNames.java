package agentpost.infra;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A template's texts with every reference replaced by what it would be on AWS, so that the name in
 * a function's setting and the ARN in its role can be held against each other. Types that are not
 * known here have their logical ids for names.
 *
 * @param around the template that a nested one is in
 */
record DocumentedNames(Template template, Optional<Template> around) {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{([A-Za-z0-9:]+)(?:\\.([A-Za-z0-9.]+))?}");
  private static final String HERE = "us-east-1:111122223333:";
  private static final Map<String, String> PSEUDO =
      Map.of(
          "AWS::Partition",
          "aws",
          "AWS::Region",
          "us-east-1",
          "AWS::AccountId",
          "111122223333",
          "AWS::URLSuffix",
          "amazonaws.com",
          "AWS::StackName",
          "stack");

  String text(JsonNode value) {
    return resolved(template.text(value));
  }

  List<String> texts(JsonNode oneOrMore) {
    return template.texts(oneOrMore).stream().map(this::resolved).toList();
  }

  private String resolved(String text) {
    String before = text;
    for (String after = replaced(before); !after.equals(before); after = replaced(before)) {
      before = after;
    }
    return before;
  }

  private String replaced(String text) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    reference(found.group(1), Optional.ofNullable(found.group(2)).orElse(""))));
  }

  private String reference(String id, String attribute) {
    if (PSEUDO.containsKey(id)) {
      return PSEUDO.get(id);
    }
    for (DocumentedNames each :
        around
            .map(outer -> List.of(this, new DocumentedNames(outer, Optional.empty())))
            .orElse(List.of(this))) {
      JsonNode resource = each.template().json().path("Resources").path(id);
      if (!resource.isMissingNode()) {
        return each.named(
            id, attribute, resource.path("Type").asText(), resource.path("Properties"));
      }
    }
    return id + (attribute.isEmpty() ? "" : "/" + attribute);
  }

  private String named(String id, String attribute, String type, JsonNode properties) {
    return switch (type) {
      case "AWS::DynamoDB::Table" ->
          either(attribute, "dynamodb", "table/", name(properties, "TableName", id));
      case "AWS::Lambda::Function" ->
          either(attribute, "lambda", "function:", name(properties, "FunctionName", id));
      case "AWS::Events::EventBus" ->
          either(attribute, "events", "event-bus/", name(properties, "Name", id));
      // EventBridge appends an id.
      case "AWS::Events::ApiDestination" ->
          either(attribute, "events", "api-destination/", name(properties, "Name", id) + "/id");
      case "AWS::SQS::Queue" ->
          attribute.isEmpty()
              ? "https://sqs.us-east-1.amazonaws.com/111122223333/"
                  + name(properties, "QueueName", id)
              : arn("sqs", name(properties, "QueueName", id));
      // AWS appends six characters.
      case "AWS::SecretsManager::Secret" ->
          arn("secretsmanager", "secret:" + name(properties, "Name", id) + "-AbCdEf");
      case "AWS::S3::Bucket" ->
          (attribute.isEmpty() ? "" : "arn:aws:s3:::") + name(properties, "BucketName", id);
      case "AWS::ApiGateway::DomainName" ->
          attribute.isEmpty() ? name(properties, "DomainName", id) : id + "/" + attribute;
      case "AWS::SNS::Topic" -> arn("sns", name(properties, "TopicName", id));
      case "AWS::KMS::Key" -> either(attribute, "kms", "key/", id);
      case "AWS::IAM::Role" -> attribute.isEmpty() ? id : "arn:aws:iam::111122223333:role/" + id;
      case "AWS::Logs::LogGroup" ->
          attribute.isEmpty()
              ? name(properties, "LogGroupName", id)
              : arn("logs", "log-group:" + name(properties, "LogGroupName", id) + ":*");
      case "AWS::Scheduler::ScheduleGroup" ->
          attribute.isEmpty()
              ? name(properties, "Name", id)
              : arn("scheduler", "schedule-group/" + name(properties, "Name", id));
      case "AWS::StepFunctions::StateMachine" ->
          arn("states", "stateMachine:" + name(properties, "StateMachineName", id));
      case "AWS::CloudFormation::Stack" -> id + "/" + attribute;
      default -> attribute.isEmpty() ? id : "arn:aws:other:" + HERE + id + "/" + attribute;
    };
  }

  private String name(JsonNode properties, String key, String id) {
    return properties.has(key) ? text(properties.path(key)) : id;
  }

  private static String either(String attribute, String service, String kind, String name) {
    return attribute.isEmpty() ? name : arn(service, kind + name);
  }

  private static String arn(String service, String resource) {
    return "arn:aws:" + service + ":" + HERE + resource;
  }
}
