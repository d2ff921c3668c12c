package agentpost.local.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.egress.ExternalStandIns;
import agentpost.local.email.Outbox;
import agentpost.local.eventbridge.EventBridge;
import agentpost.local.iam.Authorizer;
import agentpost.local.logs.LogsService;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The local cloud's own pages, which people and the command look at; no function has a right to
 * them.
 *
 * @param declaredOnly what the template declares and nothing here acts on: names by resource type
 */
public record CloudPages(
    EventBridge events,
    Outbox outbox,
    ExternalStandIns standIns,
    LogsService logs,
    Authorizer rights,
    Timeline timeline,
    BooleanSupplier isDeployed,
    Supplier<Set<String>> stackNames,
    Supplier<Map<String, List<String>>> declaredOnly) {
  static final String PREFIX = "/_agentpost/";
  private static final JsonMapper JSON = new JsonMapper();

  public Map<String, AwsService> byPath() {
    Map<String, AwsService> pages =
        Map.of(
            "health", _ -> health(),
            "retrying", _ -> json(200, JSON.valueToTree(events.countRetrying())),
            "outbox", _ -> json(200, JSON.valueToTree(outbox.mails())),
            "attempts", events.attempts(),
            "events", events.accepted(),
            "stand-ins", _ -> json(200, standIns.toJson()),
            "aws-events", this::awsEvent);
    return pages.entrySet().stream()
        .collect(Collectors.toMap(page -> PREFIX + page.getKey(), Map.Entry::getValue));
  }

  /** Ready is who has the template: an event that comes before its bus is gone, as on AWS. */
  private AwsResponse health() {
    ObjectNode health =
        JsonNodeFactory.instance
            .objectNode()
            .put("status", isDeployed.getAsBoolean() ? "ready" : "starting")
            .put("now", timeline.now().toString())
            .put("in_flight", events.inFlightCount())
            .put("roles_enforced", rights.areHeld());
    health
        .putObject("forgotten")
        .put("attempts", events.countForgottenAttempts())
        .put("log_lines", logs.countForgotten())
        .put("mails", outbox.countForgotten());
    ArrayNode stacks = health.putArray("stacks");
    stackNames.get().forEach(stacks::add);
    health.set("declared_only", JSON.valueToTree(declaredOnly.get()));
    return json(isDeployed.getAsBoolean() ? 200 : 503, health);
  }

  /** {@code POST /_agentpost/aws-events}: what an AWS service would put on the default bus. */
  private AwsResponse awsEvent(AwsRequest request) {
    return switch (Json.parse(request.body())) {
      case Json.Parsed.Read(var event) ->
          json(200, JsonNodeFactory.instance.objectNode().put("id", events.putAsAws(event)));
      case Json.Parsed.NotJson(var why) ->
          throw AwsException.badRequest("ValidationException", "the event " + why);
    };
  }

  private static AwsResponse json(int status, JsonNode body) {
    return new AwsResponse(
        status, Map.of("Content-Type", "application/json"), body.toString().getBytes(UTF_8));
  }
}
