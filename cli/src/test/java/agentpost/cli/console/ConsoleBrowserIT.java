package agentpost.cli.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.catalog.AgentName;
import agentpost.cli.Launcher;
import agentpost.event.CorrelationId;
import agentpost.event.EventId;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.local.wire.AwsResponse;
import agentpost.operations.Operation;
import agentpost.operations.OperationRequest;
import agentpost.operations.OperationsTable;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** The console in a real browser. */
@Isolated // a system property
@Timeout(300)
class ConsoleBrowserIT {
  private static final String SCHEMAS = "agentpost.schemas";
  private static final double SECONDS = 1000;

  private static Chromium chromium;
  private static LocalCloud cloud;
  private static Console console;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    chromium = Chromium.start();
    // Only what goes wrong takes so long.
    PlaywrightAssertions.setDefaultAssertionTimeout(60 * SECONDS);
    System.setProperty(SCHEMAS, Launcher.HOME.resolve("events-schemas").toString());
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 7));
    console = Console.open(cloud);
    cloud.deploy(Launcher.synthesized(directory));
  }

  @AfterAll
  static void stop() {
    System.clearProperty(SCHEMAS);
    if (cloud != null) {
      console.close();
      cloud.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  @AfterEach
  void theBrowserHasNothingToSay() {
    assertThat(chromium.errors()).isEmpty();
  }

  private static void visit(Page page, String path) {
    page.navigate(console.url().resolve(path).toString());
  }

  private static void press(Page page, String name) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true))
        .click();
  }

  private static Locator delivery(Page page, String agent) {
    return page.locator(".deliveries li, .delivery")
        .filter(new Locator.FilterOptions().setHasText(agent))
        .first();
  }

  private static void post(Page page, String type) {
    visit(page, "post?type=" + type);
    press(page, "Send");
    assertThat(page).hasURL(Pattern.compile(".*/_agentpost/event\\?id=.*"));
  }

  @Test
  void anEventIsPostedFailsIsRetriedIsGivenUpAndRedriven() {
    Page page = chromium.open(ColorScheme.LIGHT, 1200);
    visit(page, "agents");
    press(page, "Take welcome-agent down");
    assertThat(page.getByText("down: answers 503")).isVisible();
    Page watched = chromium.open(ColorScheme.LIGHT, 1200);
    visit(watched, "");
    post(page, "user.signed_up");
    String event = page.url();
    // Live: nobody reloads it.
    Locator retried = delivery(watched, "welcome-agent");
    assertThat(retried).containsText("503");
    assertThat(retried).containsText("waits for another attempt");
    assertThat(delivery(watched, "trial-monitor")).containsText("delivered");

    visit(page, "clock");
    // Until the wait is longer than a slow machine takes for what follows.
    while (!page.locator("#live").innerText().contains(" min")) {
      press(page, "Skip to it");
    }
    visit(page, "agents");
    press(page, "Have welcome-agent refuse");
    visit(page, "clock");
    press(page, "Skip to it");
    assertThat(delivery(watched, "welcome-agent")).containsText("dead letter: ");

    visit(page, "agents");
    press(page, "Bring welcome-agent back");
    assertThat(page.getByText("refuses: answers 422")).hasCount(0);
    // Other tests' letters may be there, too.
    visit(page, "dead-letters?agent=welcome-agent");
    Locator redrive =
        page.getByRole(
            AriaRole.LINK,
            new Page.GetByRoleOptions()
                .setName("Redrive " + event.replaceFirst(".*id=", ""))
                .setExact(true));
    redrive.click();
    assertThat(page.locator("pre")).containsText("./agentpost dlq redrive welcome-agent --id ");
    press(page, "Redrive");
    assertThat(page.getByRole(AriaRole.STATUS)).containsText("delivered");
    visit(page, "dead-letters?agent=welcome-agent");
    assertThat(redrive).hasCount(0);

    watched.navigate(event);
    watched
        .locator(".delivery")
        .filter(new Locator.FilterOptions().setHasText("welcome-agent"))
        .locator("summary")
        .filter(hasText("Outside EventBridge's attempts: 200"))
        .click();
    assertThat(watched.locator("details[open]")).containsText("valid: ");
    assertThat(watched.locator("details[open] dl").first()).containsText("webhook-signature");
  }

  private static final List<String> VIEWS =
      List.of(
          "",
          "?q=nothing-has-this",
          "post",
          "agents",
          "agent?name=welcome-agent",
          "sources",
          "sources?source=crm",
          "alerts",
          "dead-letters",
          "confirm?action=discard&agent=welcome-agent&letter=a&event=b",
          "operations",
          "mail",
          "clock");

  @Test
  void everyViewIsForEveryoneInBothThemesAndOnASmallScreen() {
    Page first = chromium.open(ColorScheme.LIGHT, 1200);
    post(first, "user.signed_up");
    String event = first.url();
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : List.of(1200, 360)) {
        Page page = chromium.open(scheme, width);
        for (String view : VIEWS) {
          visit(page, view);
          chromium.check(page);
        }
        page.navigate(event);
        for (Locator one : page.locator("summary").all()) {
          one.click();
        }
        chromium.check(page);
        page.context().close();
      }
    }
  }

  /** As at 200 %: half as wide, each of its pixels four. */
  @Test
  void everyViewIsForWhoEnlargesIt() {
    Page page = chromium.open(ColorScheme.LIGHT, 640, 2);
    for (String view : VIEWS) {
      visit(page, view);
      chromium.check(page);
    }
  }

  @Test
  void keysLeadEverywhereAndLeaveWhatIsTypedAlone() {
    Page page = chromium.open(ColorScheme.LIGHT, 360);
    visit(page, "");
    page.keyboard().press("g");
    page.keyboard().press("d");
    assertThat(page).hasURL(Pattern.compile(".*/dead-letters"));
    page.keyboard().press("/");
    assertThat(page).hasURL(Pattern.compile(".*/_agentpost/"));
    page.keyboard().press("/");
    assertThat(page.locator("#q")).isFocused();
    page.keyboard().type("g a/?");
    assertThat(page.locator("#q")).hasValue("g a/?");
    page.locator("main").focus();
    page.keyboard().press("Control+g");
    page.keyboard().press("a");
    page.keyboard().press("?");
    assertThat(page.locator("#keys")).isVisible();
    assertThat(page.locator("#keys")).containsText("Dead letters");
    chromium.check(page);
    page.keyboard().press("Escape");
    assertThat(page.locator("#keys")).isHidden();
    assertThat(page).hasURL(Pattern.compile(".*/_agentpost/"));
  }

  @Test
  void anAgentSaysHowFastItAnswers() {
    Page page = chromium.open(ColorScheme.LIGHT, 1200);
    visit(page, "agents");
    post(chromium.open(ColorScheme.LIGHT, 1200), "user.signed_up");
    // Live: nobody reloads it.
    Locator agent = page.locator("section").filter(hasText("welcome-agent")).locator(".facts-list");
    assertThat(agent).containsText(Pattern.compile("[1-9][0-9]* answers in the last minute"));
    assertThat(agent).containsText(Pattern.compile("p50 [0-9]+ ms, p95 [0-9]+ ms, of [1-9]"));
    assertThat(agent).containsText("Under way");
  }

  @Test
  void aDeadLetterIsFoundMendedAndRedelivered() {
    cloud.standIn(
        "/webhooks/personalization-agent",
        request ->
            new String(request.body(), UTF_8).contains("refused-at-first")
                ? Optional.of(new AwsResponse(422, Map.of(), new byte[0]))
                : Optional.empty());
    Page page = chromium.open(ColorScheme.LIGHT, 360);
    visit(page, "post?type=user.signed_up");
    Locator editor = page.locator("#envelope");
    editor.fill(
        editor
            .inputValue()
            .replaceFirst("(\"user_id\"\\s*:\\s*)\"[^\"]*+\"", "$1\"refused-at-first\""));
    press(page, "Send");
    assertThat(page.locator("section.delivery h3").filter(hasText("personalization-agent")))
        .containsText("dead letter: ");
    visit(page, "dead-letters");
    page.locator("#agent").selectOption("personalization-agent");
    page.locator("#reason").fill("NO_SUCH_REASON");
    press(page, "Filter");
    assertThat(page.locator("#live")).containsText("No dead letter like that");
    assertThat(page.locator("#reason")).hasValue("NO_SUCH_REASON");
    page.locator("#reason").fill("");
    page.locator("#type").fill("user.signed_up");
    press(page, "Filter");
    assertThat(page.getByText("Redrive these of personalization-agent")).isVisible();
    chromium.check(page);
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Edit")).first().click();
    assertThat(page.locator(".facts-list")).containsText("422");
    chromium.check(page);
    String wrong = editor.inputValue();
    editor.fill(wrong.replace("\"email\"", "\"e_mail\""));
    press(page, "Redeliver");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("/data/email: a value is required");
    assertThat(editor).hasValue(Pattern.compile("e_mail"));
    chromium.check(page);
    editor.fill(wrong.replace("refused-at-first", "usr-1"));
    press(page, "Redeliver");
    assertThat(page.getByRole(AriaRole.STATUS)).containsText("delivered");
    visit(page, "dead-letters?agent=personalization-agent");
    assertThat(page.locator("#live")).containsText("No dead letter like that");
  }

  @Test
  void mailThatAnAgentSentIsRead() {
    Page page = chromium.open(ColorScheme.LIGHT, 1200);
    post(page, "user.signed_up");
    visit(page, "mail");
    assertThat(page.getByRole(AriaRole.HEADING).filter(hasText("Welcome")).first()).isVisible();
    chromium.check(page);
  }

  private static void deliver(String source, Map<String, String> headers, String body)
      throws Exception {
    String url =
        cloud.outputs().getOrDefault("agentpost", Map.of()).get("ApiUrl") + "/ingest/" + source;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    try (HttpClient http = HttpClient.newHttpClient()) {
      http.send(request.build(), HttpResponse.BodyHandlers.discarding());
    }
  }

  @Test
  void whatAThirdPartySentShowsWhatItBecameOrWhyItWasRefused() throws Exception {
    String secret = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);
    try (SecretsManagerClient secrets =
        cloud.clients("test").create(SecretsManagerClient.builder())) {
      secrets.putSecretValue(
          put -> put.secretId("agentpost/sources/app-errors").secretString(secret));
    }
    Page page = chromium.open(ColorScheme.LIGHT, 1200);
    visit(page, "sources?source=app-errors");
    String body =
        "{\"type\":\"error.raised\",\"application\":\"<b>checkout</b>\",\"fingerprint\":\"f\","
            + "\"severity\":\"critical\",\"title\":\"it <i>fails</i>\"}";
    // Live: nobody reloads it.
    deliver("app-errors", Map.of("x-hostile", "<script>alert(4)</script>"), body);
    Locator refused = page.locator("article").filter(hasText("403"));
    assertThat(refused).containsText("Signature: refused");
    assertThat(refused).containsText("webhook-");
    refused.getByText("Request and answer").click();
    assertThat(refused.locator("dl").first()).containsText("<script>alert(4)</script>");
    assertThat(refused.locator("pre").first()).containsText("<b>checkout</b>");
    deliver(
        "app-errors",
        new Signer(WebhookKeyStore.parse(secret))
            .sign("error-1", Instant.now(), body.getBytes(UTF_8)),
        body);
    Locator taken = page.locator("article").filter(hasText("202 published"));
    assertThat(taken).containsText("app-errors: error.raised");
    assertThat(taken).containsText("Signature: valid");
    chromium.check(page);
    taken.getByRole(AriaRole.LINK).filter(hasText("alert.raised")).click();
    assertThat(page.locator(".envelope")).containsText("it <i>fails</i>");
    visit(page, "sources");
    assertThat(page.locator("section").filter(hasText("crm")))
        .containsText("HMAC-SHA256 of {timestamp}.{body}, hex, in X-Crm-Signature");
  }

  @Test
  void anAlarmIsFollowedToTheAlertThatItBecame() {
    Page page = chromium.open(ColorScheme.DARK, 360);
    visit(page, "alerts");
    page.locator("#name").fill("disk <b>full</b>");
    page.getByLabel("critical").check();
    press(page, "Raise");
    Locator heard = page.locator("article").filter(hasText("CloudWatch Alarm State Change, ALARM"));
    assertThat(heard).containsText("disk <b>full</b>");
    assertThat(heard).containsText("critical, raised");
    chromium.check(page);
    heard.getByRole(AriaRole.LINK).filter(hasText("alert.raised")).click();
    assertThat(page.locator(".envelope")).containsText("disk <b>full</b>");
  }

  @Test
  void anOpenOperationIsEndedByHandAsItsProcessorWould() {
    OperationRequest asked =
        new OperationRequest(
            new AgentName("scheduling-agent"),
            new EventId("asked-by-a-test"),
            new CorrelationId("by-hand"),
            "book <b>demo</b>",
            1,
            JsonNodeFactory.instance.objectNode(),
            cloud.now().plus(Duration.ofHours(1)),
            new AgentName("calendar"),
            Optional.empty());
    try (DynamoDbClient tables = cloud.clients("test").create(DynamoDbClient.builder())) {
      new OperationsTable(tables, "agentpost-operations").record(asked, cloud.now());
    }
    Page page = chromium.open(ColorScheme.LIGHT, 1200);
    visit(page, "operations");
    Locator operation = page.locator("article").filter(hasText("book <b>demo</b>"));
    assertThat(operation).containsText("PENDING");
    operation.getByText("End it by hand").click();
    page.locator("#result").fill("[");
    press(page, "Complete");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("The result is not JSON");
    assertThat(page.locator("#result")).hasValue("[");
    chromium.check(page);
    page.locator("#result").fill("{\"slot\": \"ten\"}");
    String form = page.url();
    press(page, "Complete");
    assertThat(page.locator("article").filter(hasText("book <b>demo</b>")))
        .containsText("COMPLETED");
    page.navigate(form + "?id=" + Operation.of(asked, cloud.now()).id().value());
    page.locator("#error").fill("no slot");
    press(page, "Fail");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("refused: 409");
    chromium.check(page);
  }

  @Test
  void anEventShowsWhatItsAgentClaimedAndLogged() {
    Page page = chromium.open(ColorScheme.LIGHT, 1200);
    post(page, "user.signed_up");
    Locator delivery =
        page.locator("section.delivery")
            .filter(new Locator.FilterOptions().setHasText(Pattern.compile("^\\s*welcome-agent")));
    assertThat(delivery.getByText("Claim: DONE")).isVisible();
    delivery.getByText("What welcome-agent logged").click();
    assertThat(delivery.locator("#welcome-agent-log pre")).containsText("\"event_id\"");
    chromium.check(page);
  }

  private static Locator.FilterOptions hasText(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  @Test
  void timesAreInTheReadersZoneWithUtcAtHand() {
    Page page = chromium.open(ColorScheme.LIGHT, 1200);
    post(page, "user.signed_up");
    Locator time = page.locator("time").first();
    assertThat(time).hasAttribute("title", Pattern.compile("20\\d\\d-.*Z UTC"));
    assertThat(time).hasAttribute("datetime", Pattern.compile("20\\d\\d-.*Z"));
  }

  @Test
  void anEventThatDoesNotFitItsSchemaIsExplainedByItsPlace() {
    Page page = chromium.open(ColorScheme.LIGHT, 1200);
    visit(page, "post?type=user.signed_up");
    Locator editor = page.locator("#envelope");
    editor.fill(editor.inputValue().replace("\"email\"", "\"e_mail\""));
    press(page, "Send");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("/data/email: a value is required");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("Line ");
    chromium.check(page);
    assertThat(editor).hasValue(Pattern.compile("e_mail"));
    editor.fill("{");
    press(page, "Send");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("JSON");
  }

  @Test
  void aSubscriptionSaysFieldByFieldWhyAnEventDoesNotMatch() {
    Page page = chromium.open(ColorScheme.LIGHT, 1200);
    visit(page, "agent?name=welcome-agent");
    page.locator("#envelope").fill("{\"event_type\":\"order.placed\",\"data\":{}}");
    press(page, "Check");
    assertThat(page.getByText("It does not match")).isVisible();
    assertThat(page.getByRole(AriaRole.STATUS))
        .containsText("not met detail-type must be [\"user.signed_up\"], is \"order.placed\"");
    chromium.check(page);
  }

  @Test
  void whatOthersWroteIsTextWhateverItSays() {
    String hostile =
        "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`&{{token}}\u202e"
            + "long".repeat(100);
    Page page = chromium.open(ColorScheme.DARK, 360);
    ObjectNode envelope =
        new JsonMapper()
            .createObjectNode()
            .put("event_id", "hostile-1")
            .put("event_type", "user.signed_up")
            .put("timestamp", "2026-03-31T10:30:00Z");
    envelope.putObject("data").put("location", hostile);
    envelope
        .putObject("metadata")
        .put("correlation_id", "corr " + hostile)
        .put("source_service", hostile);
    // An agent's answer and its headers are somebody's, too.
    cloud.standIn(
        "/webhooks/trial-monitor",
        request ->
            request.header("webhook-id").orElse("").equals("hostile-1")
                ? Optional.of(
                    new AwsResponse(
                        422,
                        Map.of(
                            "Content-Type", "text/html", "x-hostile", "<script>alert(3)</script>"),
                        hostile.getBytes(UTF_8)))
                : Optional.empty());
    PutEventsRequestEntry entry =
        PutEventsRequestEntry.builder()
            .eventBusName("agentpost")
            .source(hostile.substring(0, 60))
            .detailType("user.signed_up")
            .detail(envelope.toString())
            .build();
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      assertEquals(0, events.putEvents(put -> put.entries(entry)).failedEntryCount());
    }
    String event = console.url().resolve("event?id=hostile-1").toString();
    page.navigate(event);
    assertThat(
            page.locator(".delivery")
                .filter(new Locator.FilterOptions().setHasText("trial-monitor")))
        .containsText("dead letter");
    for (Locator one : page.locator("summary").all()) {
      one.click();
    }
    assertThat(page.locator(".leg pre").first()).containsText("<script>alert(1)</script>");
    chromium.check(page);
    for (String view :
        List.of(
            "",
            "dead-letters",
            "correlation?id="
                + URLEncoder.encode(envelope.at("/metadata/correlation_id").asText(), UTF_8))) {
      visit(page, view);
      assertThat(page.locator("main")).containsText("<script>alert(1)");
      chromium.check(page);
    }
    visit(page, "dead-letters?agent=trial-monitor");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Edit hostile-1")).click();
    assertThat(page.locator("#envelope")).hasValue(Pattern.compile("<script>"));
    assertThat(page.locator(".facts-list")).containsText("<script>alert(1)</script>");
    chromium.check(page);
    visit(page, "dead-letters?agent=trial-monitor");
    page.getByRole(
            AriaRole.LINK, new Page.GetByRoleOptions().setName("Discard hostile-1").setExact(true))
        .click();
    press(page, "Discard");
    assertThat(page.getByRole(AriaRole.STATUS)).containsText("discarded; the bucket");
    visit(page, "dead-letters?agent=trial-monitor");
    assertThat(page.locator("#live")).containsText("No dead letter");
    page.navigate(event);
    page.getByText("Edit and send again").click();
    assertThat(page.locator("#envelope")).hasValue(Pattern.compile("<script>"));
  }
}
