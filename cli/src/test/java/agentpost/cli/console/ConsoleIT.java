package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.local.frontdoor.PageHandler;
import agentpost.local.wire.AwsRequest;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/** The console's pages as a program sees them: who may ask, what is escaped, what is paged. */
class ConsoleIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static LocalCloud cloud;
  private static Console console;

  @BeforeAll
  static void start() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    console = Console.open(cloud);
  }

  @AfterAll
  static void stop() {
    console.close();
    cloud.close();
    HTTP.close();
  }

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(cloud.endpoint().resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String path, String form, String... headers)
      throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(cloud.endpoint().resolve(path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .headers(headers)
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static void put(String type, String detail) {
    PutEventsRequestEntry entry =
        PutEventsRequestEntry.builder()
            .source("test")
            .detailType(type)
            .eventBusName("default")
            .detail(detail)
            .build();
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      assertEquals(0, events.putEvents(put -> put.entries(entry)).failedEntryCount());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?q=nothing",
        "event?id=none",
        "correlation?id=none",
        "nowhere",
        "static/console.css",
        "static/console.js",
        "static/htmx.js",
        "static/sse.js",
        "static/icon.svg",
        "static/../console.css",
        "static/agentpost"
      })
  void everyAnswerHasItsPolicy(String page) throws Exception {
    HttpResponse<String> answer = get(PageRequest.PREFIX + page);
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    if (answer.headers().firstValue("Content-Type").orElseThrow().startsWith("text/html")) {
      assertThat(answer.body())
          .doesNotContainPattern("(?i)<script(?![^>]* src=)")
          .doesNotContainPattern("(?i)<style|\\sstyle=|\\son[a-z]+=");
    }
  }

  @Test
  void whatIsNotThereIsAPageThatSaysSo() throws Exception {
    HttpResponse<String> answer = get("/_agentpost/nowhere");
    assertEquals(404, answer.statusCode());
    assertThat(answer.body()).contains("No such page", "<nav");
  }

  @Test
  void theCloudsOwnPagesStay() throws Exception {
    assertThat(get("/_agentpost/health").body()).contains("\"status\"");
    assertThat(get("/_agentpost/attempts").body()).startsWith("{\"attempts\"");
  }

  /** Java's client sets no other host; that a name is this machine's, the front door looks at. */
  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.7", "localhost.localstack.cloud", "tools.localhost", "[::2]"})
  void onlyLoopbacksOwnNamesLeadToIt(String host) {
    assertThat(statusWithHost(host)).isEqualTo(403);
    assertThat(statusWithHost(host + ":4566")).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost:4566", "127.0.0.1:80", "[::1]:4566"})
  void loopbacksOwnNamesLeadToIt(String host) {
    assertThat(statusWithHost(host)).isEqualTo(200);
  }

  private static int statusWithHost(String host) {
    return console.answer(
                new AwsRequest(
                    "GET", PageRequest.PREFIX, Map.of(), Map.of("host", host), new byte[0]))
            instanceof PageHandler.Page.Whole(var response)
        ? response.status()
        : 0;
  }

  @Test
  void textFromEventsIsEscaped() throws Exception {
    String hostile = "<script>alert(1)</script>\\\"'`&\u202e";
    put(
        "hostile",
        "{\"event_id\":\"id-"
            + hostile
            + "\",\"metadata\":{\"correlation_id\":\"corr-"
            + hostile
            + "\"}}");
    String list = get("/_agentpost/?q=hostile").body();
    assertThat(list)
        .contains("id-&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&#x60;&amp;")
        .doesNotContain("<script>alert");
    String link = find(list, "href=\"(/_agentpost/event[^\"]*)\"");
    HttpResponse<String> event = get(link);
    assertEquals(200, event.statusCode());
    assertThat(event.body()).contains("corr-&lt;script&gt;").doesNotContain("<script>alert");
    assertThat(get(find(list, "href=\"(/_agentpost/correlation[^\"]*)\"")).body())
        .contains("corr-&lt;script&gt;")
        .doesNotContain("<script>alert");
    assertThat(get("/_agentpost/?q=%22%3E%3Cscript%3E").body())
        .contains("value=\"&quot;&gt;&lt;script&gt;\"");
  }

  private static String find(String text, String regex) {
    return Pattern.compile(regex)
        .matcher(text)
        .results()
        .findFirst()
        .orElseThrow(() -> new AssertionError(regex + " in " + text))
        .group(1)
        .replace("&#x3D;", "=")
        .replace("&amp;", "&");
  }

  @Test
  void whatHasNoRootAndWhatCausedItselfAreInTheTreeOnce() throws Exception {
    for (List<String> one :
        List.of(
            List.of("root", ""),
            List.of("child", "root"),
            List.of("loop-1", "loop-2"),
            List.of("loop-2", "loop-1"))) {
      put(
          "tree",
          "{\"event_id\":\""
              + one.getFirst()
              + "\",\"metadata\":{\"correlation_id\":\"tree\",\"causation_id\":\""
              + one.getLast()
              + "\"}}");
    }
    String page = get("/_agentpost/correlation?id=tree").body();
    for (String id : List.of("root", "child", "loop-1", "loop-2")) {
      assertThat(page.split(">" + id + "</span>", -1)).hasSize(2);
    }
    assertThat(page).containsPattern("(?s)>root</span>.*<ul>.*>child</span>.*</ul>");
  }

  @Test
  void whoListensIsToldOfAChange() throws Exception {
    HttpResponse<InputStream> stream =
        HTTP.send(
            HttpRequest.newBuilder(cloud.endpoint().resolve("/_agentpost/stream")).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    assertThat(stream.headers().firstValue("Content-Type")).contains("text/event-stream");
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), UTF_8))) {
      assertEquals(": open", lines.readLine());
      put("listened", "{}");
      String line = lines.readLine();
      while (!"event: changed".equals(line)) {
        line = lines.readLine();
      }
    }
  }

  @Test
  void aFormOfAnotherPageIsRefused() throws Exception {
    String origin = "http://localhost:" + cloud.endpoint().getPort();
    assertEquals(403, post("/_agentpost/nowhere", "a=b", "Origin", origin).statusCode());
    assertEquals(403, post("/_agentpost/nowhere", "a=b", "Accept", "*/*").statusCode());
    assertEquals(
        403, post("/_agentpost/nowhere", "a=b", "Sec-Fetch-Site", "cross-site").statusCode());
  }
}
