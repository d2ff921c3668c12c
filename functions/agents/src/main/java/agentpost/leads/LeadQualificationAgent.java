package agentpost.leads;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.coordination.AgentMemory;
import agentpost.coordination.Subject;
import agentpost.event.Event;
import agentpost.event.Truncation;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Scores leads by rules, and answers what other agents want to know about a lead from what it
 * remembers.
 */
final class LeadQualificationAgent implements Agent {
  /** As the schema of {@code information.provided} has it; a question may ask for twenty fields. */
  private static final int MAX_BASIS_LENGTH = 256;

  private static final List<String> PASSED_ON =
      List.of("lead_id", "email", "name", "company", "location", "time_zone");

  /** Of the schema of {@code lead.captured}. */
  private static final List<String> FIELDS =
      List.of(
          "lead_id",
          "email",
          "name",
          "company",
          "employees",
          "job_title",
          "source",
          "location",
          "time_zone");

  private static final int MAX_FIELD_BYTES = 4 * 1024;
  private static final int MAX_MEMORY_BYTES = 64 * 1024;

  private final AgentName name;
  private final AgentMemory memory;
  private final Clock clock;

  LeadQualificationAgent(AgentName name, AgentMemory memory, Clock clock) {
    this.name = name;
    this.memory = memory;
    this.clock = clock;
  }

  @Override
  public Outcome handle(Event event) {
    return switch (event.type()) {
      case "lead.captured" -> qualify(event);
      case "information.requested" -> answer(event);
      default -> new Outcome.Refused("this agent does not know " + event.type());
    };
  }

  /**
   * The lead is remembered before anyone can hear of it, so whoever asks about it gets an answer.
   */
  private Outcome qualify(Event event) {
    Lead lead = Lead.of(event);
    memory.update(key(lead.id()), _ -> memorable(event.data()));
    LeadScore score = LeadScore.of(lead);
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    if (score.isEnough()) {
      PASSED_ON.stream()
          .filter(event.data()::has)
          .forEach(field -> data.set(field, event.data().get(field)));
    } else {
      data.put("lead_id", lead.id());
    }
    data.put("score", score.points());
    score.reasons().forEach(data.putArray("reasons")::add);
    String type = score.isEnough() ? "lead.qualified" : "lead.disqualified";
    return new Outcome.Done(
        List.of(event.answer(name, type, data, clock.instant())),
        "scored " + score.points() + ": " + type);
  }

  /**
   * What its own form asks for, and what else there is of the size of such fields: an event may be
   * larger than a row of the table.
   */
  private static ObjectNode memorable(ObjectNode data) {
    ObjectNode kept = data.deepCopy().retain(FIELDS);
    int bytes = kept.toString().getBytes(UTF_8).length;
    for (Map.Entry<String, JsonNode> field : data.properties()) {
      int size =
          JsonNodeFactory.instance
              .objectNode()
              .set(field.getKey(), field.getValue())
              .toString()
              .getBytes(UTF_8)
              .length;
      if (!kept.has(field.getKey())
          && size <= MAX_FIELD_BYTES
          && bytes + size <= MAX_MEMORY_BYTES) {
        kept.set(field.getKey(), field.getValue());
        bytes += size;
      }
    }
    return kept;
  }

  private Outcome answer(Event event) {
    Instant until = event.time("until").toInstant();
    if (clock.instant().isAfter(until)) {
      return new Outcome.Done(List.of(), "asked until " + until + ", which is over");
    }
    Subject about = Subject.of(event);
    ObjectNode remembered =
        about.type().equals("lead")
            ? memory.recall(key(about.id()))
            : JsonNodeFactory.instance.objectNode();
    ObjectNode values = JsonNodeFactory.instance.objectNode();
    List<String> basis = new ArrayList<>();
    for (JsonNode asked : event.data().path("fields")) {
      String field = asked.asText();
      if (isUsable(field, remembered)) {
        values.set(field, remembered.get(field));
        basis.add(field + ": the lead said so");
      } else if (field.equals("time_zone")) {
        String location = remembered.path("location").asText("");
        TimeZones.of(location)
            .ifPresent(
                zone -> {
                  values.put(field, zone);
                  basis.add(field + ": follows from " + location);
                });
      }
    }
    if (values.isEmpty()) {
      return new Outcome.Done(List.of(), "knows nothing of what was asked");
    }
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.set("about", about.json());
    data.set("values", values);
    data.put("basis", Truncation.truncate(String.join("; ", basis), MAX_BASIS_LENGTH));
    return new Outcome.Done(
        List.of(event.answer(name, "information.provided", data, clock.instant())),
        "answered " + String.join("; ", basis));
  }

  private static boolean isUsable(String field, ObjectNode remembered) {
    return remembered.has(field)
        && (!field.equals("time_zone") || Lead.isTimeZone(remembered.path(field).asText()));
  }

  private static String key(String leadId) {
    return "lead#" + leadId;
  }
}
