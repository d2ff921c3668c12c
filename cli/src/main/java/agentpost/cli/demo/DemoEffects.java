package agentpost.cli.demo;

import agentpost.catalog.ResourceNames;
import agentpost.cli.terminal.LabelledLines;
import agentpost.local.LocalCloud;
import agentpost.local.email.Outbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.scheduler.SchedulerClient;

/** What the agents left behind, read back from the cloud's services. */
record DemoEffects(List<Outbox.Mail> mails, Optional<Trial> trial, List<Schedule> schedules) {
  /** A row of the agents' table. */
  record Trial(String key, String endsAt) {}

  /** A planned event. */
  record Schedule(String group, String name, String expression, String detailType) {}

  static DemoEffects of(LocalCloud cloud) {
    return new DemoEffects(cloud.outbox(), trial(cloud), schedules(cloud));
  }

  private static Optional<Trial> trial(LocalCloud cloud) {
    try (DynamoDbClient tables = cloud.clients("demo").create(DynamoDbClient.builder())) {
      return tables
          .scan(scan -> scan.tableName(ResourceNames.DEFAULT.agentState()))
          .items()
          .stream()
          .filter(row -> text(row, "key").startsWith("trial#"))
          .findFirst()
          .map(row -> new Trial(text(row, "key"), text(row, "ends_at")));
    }
  }

  private static String text(Map<String, AttributeValue> row, String name) {
    AttributeValue value = row.get(name);
    return value == null || value.s() == null ? "?" : value.s();
  }

  private static List<Schedule> schedules(LocalCloud cloud) {
    try (SchedulerClient scheduler = cloud.clients("demo").create(SchedulerClient.builder())) {
      return scheduler
          .listSchedules(list -> list.groupName(ResourceNames.PRODUCT))
          .schedules()
          .stream()
          .map(
              summary ->
                  scheduler.getSchedule(
                      get -> get.groupName(summary.groupName()).name(summary.name())))
          .map(
              found ->
                  new Schedule(
                      found.groupName(),
                      found.name(),
                      found.scheduleExpression(),
                      found.target().eventBridgeParameters().detailType()))
          // An onboarding's deadline is a schedule too.
          .filter(schedule -> schedule.detailType().equals("trial.ending"))
          .toList();
    }
  }

  void show(LabelledLines screen) {
    mails.forEach(mail -> screen.say("cyan", "e-mail", "to " + mail.to() + ": " + mail.subject()));
    trial.ifPresent(
        row ->
            screen.say(
                "cyan",
                "trial",
                "row "
                    + row.key()
                    + " in "
                    + ResourceNames.DEFAULT.agentState()
                    + ", until "
                    + row.endsAt()));
    schedules.forEach(
        plan ->
            screen.say(
                "cyan",
                "reminder",
                "schedule "
                    + plan.group()
                    + "/"
                    + plan.name()
                    + ": "
                    + plan.detailType()
                    + " "
                    + plan.expression()
                    + " UTC"));
  }

  List<String> findMissing() {
    List<String> missing = new ArrayList<>();
    if (mails.size() != 2) {
      missing.add("two e-mails, the welcome and the alert; there are " + mails.size());
    }
    if (trial.isEmpty()) {
      missing.add("the trial in " + ResourceNames.DEFAULT.agentState());
    }
    if (schedules.size() != 1) {
      missing.add(
          "the trial's reminder, as the one schedule of trial.ending; there are "
              + schedules.size());
    }
    return missing;
  }

  String sum() {
    return mails.size()
        + " e-mails, "
        + trial.stream().count()
        + " trial recorded, "
        + schedules.size()
        + " reminder planned";
  }
}
