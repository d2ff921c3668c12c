package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.ResourceNames;
import agentpost.cli.agents.AgentsOptions;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.deadletter.DlqOptions;
import agentpost.cli.operations.OperationsOptions;
import agentpost.cli.terminal.CommandFailure;
import agentpost.local.LocalCloud;
import agentpost.local.frontdoor.PageHandler.Page;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.platform.AwsClients;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Finds who answers for a page, and puts it into the frame that all pages have. */
final class Pages {
  private static final String STATIC = "static/";
  private static final String STREAM = "stream";

  private static final List<String> METHODS = List.of("GET", "HEAD", "POST");

  private final LocalCloud cloud;
  private final DeliveryHistory history;
  private final SameOrigin sameOrigin = new SameOrigin();
  private final Templates templates = new Templates();
  private final ChangeStream stream;
  private final Map<String, Function<PageRequest, View>> handlers = new HashMap<>();
  private final List<Section> sections =
      List.of(
          new Section("", "Timeline", "t"),
          new Section("post", "Post", "p"),
          new Section("agents", "Agents", "a"),
          new Section("sources", "Sources", "s"),
          new Section("alerts", "Alerts", "l"),
          new Section("dead-letters", "Dead letters", "d"),
          new Section("operations", "Operations", "o"),
          new Section("mail", "Mail", "m"),
          new Section("clock", "Clock", "c"));

  private record Section(String path, String label, String key) {}

  /**
   * @param key that leads to it, after {@code g}
   * @param isCurrent whether the page belongs to it
   */
  private record Tab(String label, String link, String key, boolean isCurrent) {}

  Pages(
      LocalCloud cloud,
      DeliveryHistory history,
      AnswerTimes times,
      SignedRequests requests,
      IngestRequests ingested) {
    this.cloud = cloud;
    this.history = history;
    this.stream = new ChangeStream(history);
    TimelinePages timeline = new TimelinePages(history);
    EventPage event = new EventPage(cloud, history, requests);
    handlers.put("", timeline::list);
    handlers.put("correlation", timeline::correlation);
    handlers.put("event", event::show);
    URI endpoint = cloud.endpoint();
    AwsClients clients = cloud.clients("console");
    PostPage post = new PostPage(CloudOptions.inProcess(endpoint, clients), history);
    handlers.put("post", post::handle);
    AgentPages agents =
        new AgentPages(
            new AgentsOptions(endpoint, clients),
            new AgentFaults(cloud),
            history,
            times,
            cloud::pendingDeliveries);
    handlers.put("agents", agents::list);
    handlers.put("agent", agents::show);
    DlqOptions queues = new DlqOptions(endpoint, clients);
    Redrives redrives = new Redrives(queues, history);
    handlers.put("redrive", redrives::show);
    handlers.put("letter", new LetterPage(queues, history)::handle);
    DeadLetterPages letters = new DeadLetterPages(queues, history, redrives);
    handlers.put("dead-letters", letters::list);
    handlers.put("confirm", letters::confirm);
    OperationsOptions operationsTable = new OperationsOptions(endpoint, clients);
    OperationPages operations = new OperationPages(operationsTable);
    handlers.put("operations", operations::list);
    CompletionPage completion = new CompletionPage(operationsTable, () -> apiUrl(cloud));
    handlers.put("completion", completion::handle);
    SourcePages sources =
        new SourcePages(
            CloudOptions.inProcess(endpoint, clients), ingested, history, () -> apiUrl(cloud));
    handlers.put("sources", sources::list);
    handlers.put("alerts", new AlertPages(cloud, history)::list);
    handlers.put("mail", new MailPage(cloud)::list);
    ClockPage clock = new ClockPage(cloud, history, operations);
    handlers.put("clock", clock::handle);
  }

  private static String apiUrl(LocalCloud cloud) {
    return cloud.outputs().getOrDefault(ResourceNames.PRODUCT, Map.of()).getOrDefault("ApiUrl", "");
  }

  Page answer(AwsRequest request) {
    PageRequest page;
    try {
      page = PageRequest.of(request);
    } catch (IllegalArgumentException e) {
      return refuse(request, 400, "The form cannot be read", "It is not what a browser sends.");
    }
    Optional<String> objection = sameOrigin.objection(page);
    if (objection.isPresent()) {
      return refuse(request, 403, "Refused", objection.get());
    }
    if (!METHODS.contains(request.method())) {
      return refuse(request, 405, "Not possible", "Pages are read or sent a form.");
    }
    if (page.path().equals(STREAM)) {
      return stream
          .open(seen(page))
          .orElseGet(
              () -> refuse(request, 503, "Too many pages", "Too many pages listen already."));
    }
    if (page.path().startsWith(STATIC)) {
      return StaticFiles.find(page.path().substring(STATIC.length()))
          .<Page>map(Page.Whole::new)
          .orElseGet(() -> write(request, notFound()));
    }
    return write(request, view(page));
  }

  private View view(PageRequest page) {
    try {
      return handlers.getOrDefault(page.path(), _ -> notFound()).apply(page);
    } catch (CommandFailure e) {
      return View.message(409, "Not done", String.valueOf(e.getMessage()));
    }
  }

  private static View.Html notFound() {
    return View.message(
        404,
        "No such page",
        "There is nothing at this address; the links above lead to all pages.");
  }

  /** Of the events' version that a page shows; from what comes on if it says none. */
  private long seen(PageRequest page) {
    String seen = page.request().header("last-event-id").orElse(page.query("seen"));
    return seen.matches("[0-9]{1,18}") ? Long.parseLong(seen) : history.version();
  }

  private Page refuse(AwsRequest request, int status, String title, String text) {
    return write(request, View.message(status, title, text));
  }

  private Page write(AwsRequest request, View view) {
    return new Page.Whole(
        switch (view) {
          case View.Redirect(var link) -> {
            Map<String, String> headers = new TreeMap<>(PageHeaders.of("text/plain"));
            headers.put("Location", link);
            yield new AwsResponse(303, headers, new byte[0]);
          }
          case View.Html html ->
              new AwsResponse(
                  html.status(),
                  PageHeaders.of("text/html; charset=utf-8"),
                  render(request, html).getBytes(UTF_8));
        });
  }

  private String render(AwsRequest request, View.Html html) {
    Map<String, Object> model = new HashMap<>(html.model());
    model.put("title", html.title());
    model.put("token", sameOrigin.token());
    model.put("version", history.version());
    model.put("now", Times.of(cloud.now()));
    model.put("self", self(request));
    model.put(
        "tabs",
        sections.stream()
            .map(
                section ->
                    new Tab(
                        section.label(),
                        Links.to(section.path()),
                        section.key(),
                        html.status() == 200 && html.section().equals(section.path())))
            .toList());
    return templates.render(html.template(), model);
  }

  private static String self(AwsRequest request) {
    String[] query =
        new TreeMap<>(request.query())
            .entrySet().stream()
                .flatMap(one -> List.of(one.getKey(), one.getValue().getFirst()).stream())
                .toArray(String[]::new);
    return Links.to(request.path().substring(PageRequest.PREFIX.length()), query);
  }
}
