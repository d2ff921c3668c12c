package agentpost.cli.docs;

import static agentpost.cli.docs.Html.all;
import static agentpost.cli.docs.Html.code;
import static agentpost.cli.docs.Html.element;
import static agentpost.cli.docs.Html.items;
import static agentpost.cli.docs.Html.link;
import static agentpost.cli.docs.Html.listing;
import static agentpost.cli.docs.Html.text;

import agentpost.cli.events.EventCatalog;
import agentpost.cli.events.EventField;
import agentpost.cli.events.Subscription;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.SchemaVersion;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Pages for people who publish or receive events. They read without scripts; one script finds
 * events by any word of theirs.
 */
final class Site {
  private final String project;
  private final EventCatalog catalog;

  private Site(String project, EventCatalog catalog) {
    this.project = project;
    this.catalog = catalog;
  }

  /** All files, by their paths. */
  static Map<String, String> of(String project, EventCatalog catalog) {
    return new Site(project, catalog).write();
  }

  private Map<String, String> write() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("index.html", page("", "Events of " + project, index()));
    files.put("delivery.html", page("", "How events are delivered", delivery()));
    files.put("style.css", Receiver.resource("style.css"));
    files.put("search.js", Receiver.resource("search.js"));
    for (EventCatalog.Event event : catalog.events()) {
      files.put("events/" + event.type() + ".html", page("../", event.type(), describe(event)));
      event
          .schemas()
          .forEach(
              (version, schema) -> files.put(schemaFile(event, version), schema.toPrettyString()));
    }
    return files;
  }

  private static String schemaFile(EventCatalog.Event event, SchemaVersion version) {
    return "schemas/" + event.type() + "/" + version + ".schema.json";
  }

  /**
   * @param up where the site begins, from the page
   */
  private String page(String up, String title, Html content) {
    Html head =
        element(
            "head",
            new Html("<meta charset=\"utf-8\">"),
            new Html("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"),
            new Html("<meta name=\"color-scheme\" content=\"light dark\">"),
            element("title", title.equals(project) ? title : title + " · " + project),
            new Html("<link rel=\"stylesheet\" href=\"" + up + "style.css\">"));
    Html navigation =
        element(
            "nav",
            Map.of("aria-label", "Site"),
            link(up + "index.html", "Events"),
            link(up + "delivery.html", "Delivery"),
            link(up + "asyncapi.json", "AsyncAPI"));
    Html body =
        element(
            "body",
            element("header", element("span", project), navigation),
            element("main", element("h1", title), content));
    return "<!doctype html>\n" + element("html", Map.of("lang", "en"), head, body).markup() + "\n";
  }

  private Html index() {
    List<Html> rows =
        catalog.events().stream()
            .map(
                event ->
                    element(
                        "li",
                        Map.of("data-words", words(event)),
                        link("events/" + event.type() + ".html", event.type()),
                        element("p", event.title() + ". " + event.description())))
            .toList();
    return all(
        List.of(
            // Of use with the script only, which shows it.
            new Html(
                "<p id=\"search\" hidden><label for=\"words\">Find events</label>"
                    + " <input id=\"words\" type=\"search\" autocomplete=\"off\">"
                    + " <output for=\"words\"></output></p>"),
            element("ul", Map.of("class", "events"), all(rows)),
            new Html("<script src=\"search.js\" defer></script>")));
  }

  /** What it is found by, beside what its row shows. */
  private String words(EventCatalog.Event event) {
    List<String> words = new ArrayList<>(event.publishers());
    catalog.subscribers(event.type()).map(Subscription::agent).forEach(words::add);
    EventField.readAll(event.newest())
        .forEach(field -> words.add(field.name() + " " + field.description()));
    return String.join(" ", words);
  }

  private Html describe(EventCatalog.Event event) {
    List<Html> parts = new ArrayList<>();
    parts.add(element("p", event.title() + ". " + event.description()));
    parts.add(element("h2", "Published by"));
    parts.add(
        event.publishers().isEmpty()
            ? element("p", "No example and no source says who publishes it.")
            : items(event.publishers().stream().map(Html::text)));
    parts.add(element("h2", "Received by"));
    parts.add(subscribers(event.type()));
    parts.add(element("h2", "Fields of data"));
    parts.add(fields(event.newest(), "/properties/data"));
    parts.add(element("h2", "Examples"));
    if (event.examples().isEmpty()) {
      parts.add(element("p", "There is none in the project's sources."));
    }
    event
        .examples()
        .forEach(
            (file, example) -> {
              parts.add(element("h3", file.replace(".json", "").replace('-', ' ')));
              parts.add(listing("Example " + file, example.toPrettyString()));
            });
    parts.add(element("h2", "Versions"));
    parts.add(versions(event));
    return all(parts);
  }

  private Html subscribers(String type) {
    List<Html> all = new ArrayList<>();
    catalog
        .subscribers(type)
        .forEach(
            each -> {
              List<JsonNode> conditions = each.conditions(type);
              boolean isEvery = conditions.stream().anyMatch(JsonNode::isEmpty);
              all.add(
                  isEvery
                      ? text(each.agent() + ": every one")
                      : Html.all(
                          List.of(
                              text(each.agent() + ": those that match "),
                              code(
                                  conditions.stream()
                                      .map(JsonNode::toString)
                                      .collect(Collectors.joining(" or "))))));
            });
    return all.isEmpty() ? element("p", "Nobody.") : items(all.stream());
  }

  private static Html fields(JsonNode schema, String at) {
    List<EventField> fields = EventField.readAll(schema, at);
    if (fields.isEmpty()) {
      return element("p", "None.");
    }
    return element(
        "dl",
        all(
            fields.stream()
                .map(
                    field ->
                        all(
                            List.of(
                                element(
                                    "dt",
                                    code(field.name()),
                                    text(" " + field.type()),
                                    field.isRequired()
                                        ? element("strong", " required")
                                        : text(" optional")),
                                element("dd", field.description()))))
                .toList()));
  }

  private Html versions(EventCatalog.Event event) {
    List<Html> versions = new ArrayList<>();
    JsonNode before = null;
    for (var version : event.schemas().entrySet()) {
      String file = "../" + schemaFile(event, version.getKey());
      String what =
          before == null
              ? ": the first"
              : ": " + String.join("; ", VersionChanges.between(before, version.getValue()));
      versions.add(
          new Html(link(file, version.getKey().toString()).markup() + text(what).markup()));
      before = version.getValue();
    }
    return items(versions.stream());
  }

  private Html delivery() {
    List<Html> parts = new ArrayList<>();
    parts.add(new Html(Receiver.resource("delivery.html")));
    parts.add(element("h2", "Headers"));
    parts.add(
        element(
            "dl",
            all(
                DeliveryHeader.ALL.stream()
                    .map(
                        each ->
                            all(
                                List.of(
                                    element("dt", code(each.name())),
                                    element("dd", each.meaning()))))
                    .toList())));
    parts.add(element("h2", "The envelope"));
    parts.add(fields(EventSchemas.envelope(), ""));
    parts.add(element("h2", "Verify a delivery"));
    parts.add(
        element(
            "p",
            "Over the bytes as they came, before they are parsed, with each live secret. A library"
                + " of Standard Webhooks does it as well."));
    for (Receiver each : Receiver.values()) {
      parts.add(
          element(
              "details",
              element("summary", each.language()),
              listing(each.file(), each.program())));
    }
    return all(parts);
  }
}
