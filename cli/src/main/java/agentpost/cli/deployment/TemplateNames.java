package agentpost.cli.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Texts of a template, of which parts may be known at deployment only. */
final class TemplateNames {
  /** What stands for the account in a bucket's name, and for its region. */
  static final String UNKNOWN = "*";

  /**
   * A type of resource that people know by its name.
   *
   * @param property that has the name
   */
  private record Type(String kind, String property) {}

  private static final Map<String, Type> TYPES =
      Map.ofEntries(
          Map.entry("AWS::DynamoDB::Table", new Type("table", "TableName")),
          Map.entry("AWS::Events::Archive", new Type("archive", "ArchiveName")),
          Map.entry("AWS::Events::EventBus", new Type("bus", "Name")),
          Map.entry("AWS::Events::Rule", new Type("rule", "Name")),
          Map.entry("AWS::Lambda::Function", new Type("function", "FunctionName")),
          Map.entry("AWS::Logs::LogGroup", new Type("log group", "LogGroupName")),
          Map.entry("AWS::S3::Bucket", new Type("bucket", "BucketName")),
          Map.entry("AWS::SQS::Queue", new Type("queue", "QueueName")),
          Map.entry("AWS::Scheduler::Schedule", new Type("schedule", "Name")),
          Map.entry("AWS::Scheduler::ScheduleGroup", new Type("schedule group", "Name")),
          Map.entry("AWS::SecretsManager::Secret", new Type("secret", "Name")),
          Map.entry(
              "AWS::StepFunctions::StateMachine", new Type("state machine", "StateMachineName")));

  private TemplateNames() {}

  /** Empty if nobody knows it by a name. */
  static String of(String type, JsonNode properties) {
    Type named = TYPES.get(type);
    return named == null ? "" : text(properties.path(named.property()));
  }

  /** What people call one of a type whose resources have names. */
  static String kind(String type) {
    return Objects.requireNonNull(TYPES.get(type), type).kind();
  }

  /** With what is known only at deployment written as nothing is. */
  static String text(JsonNode value) {
    JsonNode parts = value.at("/Fn::Join/1");
    return parts.isMissingNode()
        ? value.asText("")
        : parts
            .valueStream()
            .map(part -> part.isTextual() ? part.asText() : UNKNOWN)
            .collect(Collectors.joining(value.at("/Fn::Join/0").asText()));
  }
}
