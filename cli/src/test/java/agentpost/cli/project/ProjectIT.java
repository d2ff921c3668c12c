package agentpost.cli.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.cli.Documents;
import agentpost.cli.Launcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A team's own project, from its first event to a second agent: written, synthesized, run, edited
 * and added to under a running local cloud.
 */
public class ProjectIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final String ORDER = "events-schemas/order.placed/examples/order.json";
  private static final String REFUND = "events-schemas/order.refunded/";

  @TempDir private Path folder;
  @TempDir private Path outputs;

  private static void awaitText(Launcher local, String text) {
    await().atMost(TIMEOUT).until(() -> local.output().contains(text) || !local.isRunning());
    assertThat(local.output()).contains(text);
  }

  private static String endpoint(Launcher local) {
    return local.output().replaceFirst("(?s).*ready: (http://localhost:\\d+).*", "$1");
  }

  /** A command of docs/your-project.md. */
  private static String[] documented(String beginning) {
    return Documents.fenced()
        .filter(block -> block.snippet().equals(Optional.of("project.sh")))
        .flatMap(block -> block.text().lines())
        .map(line -> line.replaceFirst("^\\./agentpost ", ""))
        .filter(line -> line.startsWith(beginning))
        .findFirst()
        .orElseThrow()
        .split(" ");
  }

  @Test
  void aTeamsProjectRunsAndGrows() throws Exception {
    BuiltProject shop = BuiltProject.in(folder.resolve("shop"));

    assertThat(shop.run(outputs, 0, "synth").strip())
        .endsWith(shop.home().resolve("target/cdk.out").toString());
    String template =
        Files.readString(shop.home().resolve("target/cdk.out/agentpost.template.json"));
    assertThat(template).doesNotContain("welcome-agent");

    assertThat(shop.run(outputs, 0, "docs"))
        .isEqualTo(
            shop.home().resolve("target/event-docs/index.html")
                + "\n"
                + shop.home().resolve("target/event-docs/asyncapi.json")
                + "\n");
    assertThat(Files.readString(shop.home().resolve("target/event-docs/events/order.placed.html")))
        .contains("order-agent: every one", "Example order.json");

    assertThat(shop.run(outputs, 0, "agents", "graph")).contains("[\"order-agent\"]");
    Path older = folder.resolve("older");
    Path event = Files.createDirectories(older.resolve("order.cancelled"));
    Files.copy(
        shop.home().resolve("events-schemas/order.placed/1.schema.json"),
        event.resolve("1.schema.json"));
    assertThat(shop.run(outputs, 1, "events", "check", "--against", older.toString()))
        .contains("order.cancelled 1 was removed");

    // From anywhere in it.
    Path within = shop.home().resolve("src/main/java");
    try (Launcher local = shop.start(outputs, within, "local", "--port", "0")) {
      awaitText(local, "ArchiveName = ");
      String endpoint = endpoint(local);
      assertThat(
              shop.run(
                  outputs,
                  0,
                  Stream.concat(
                          Stream.of(documented("try ")), Stream.of("--endpoint-url", endpoint))
                      .toArray(String[]::new)))
          .contains(
              "order-agent: attempt 1: 200, delivered", "delivered to order-agent after 1 attempt");

      refuseAnEvent(shop, local, endpoint);
      addAnAgent(shop, local, endpoint);
      assertThat(shop.run(outputs, 0, "put", ORDER, "--endpoint-url", endpoint))
          .contains("accepted order.placed");
    }
  }

  /** An edit runs within seconds. */
  private void refuseAnEvent(BuiltProject shop, Launcher local, String endpoint) throws Exception {
    shop.edit(
        "src/main/java/com/example/shop/OrderHandler.java",
        text ->
            text.replaceFirst(
                "return new Outcome.Done\\(.*\\);",
                "return new Outcome.Refused(\"no \" + order + \" today for \" + cents);"));
    awaitText(local, "reloaded in ");
    assertThat(shop.run(outputs, 1, "try", ORDER, "--endpoint-url", endpoint))
        .contains("dead letter of order-agent after 1 attempt")
        .contains("no ord-1001 today for 4200");
  }

  private void addAnAgent(BuiltProject shop, Launcher local, String endpoint) throws Exception {
    String catalog = Files.readString(shop.project().catalog());
    assertThat(shop.run(outputs, 0, documented("new event ")))
        .contains("wrote " + REFUND + "1.schema.json");
    assertThat(shop.run(outputs, 1, "put", REFUND + "examples/order-refunded.json"))
        .contains("/data/order_id: a value is required");
    assertThat(
            shop.run(outputs, 0, "new", "agent", "refund-agent", "--subscribes", "order.refunded"))
        .contains("wrote src/main/java/com/example/shop/RefundHandler.java");
    assertThat(Files.readString(shop.project().catalog())).startsWith(catalog);
    shop.edit(
        REFUND + "examples/order-refunded.json",
        text -> text.replace("{}", "{\"order_id\": \"ord-1001\"}"));
    awaitText(local, "updated in ");
    awaitText(local, "agentpost-refund-agent");
    assertThat(
            shop.run(
                outputs,
                0,
                "try",
                REFUND + "examples/order-refunded.json",
                "--endpoint-url",
                endpoint))
        .contains("delivered to refund-agent after 1 attempt");
  }

  @Test
  void whatIsNotForAProjectSaysWhatIs() throws IOException, InterruptedException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("agents.yaml"), "agents: {}\n");
    try (Launcher demo =
        Launcher.start(
            outputs,
            Launcher.HOME.resolve("agentpost"),
            elsewhere,
            Map.of("AGENTPOST_CATALOG", ""),
            "demo")) {
      assertThat(demo.exitCode()).isEqualTo(1);
      assertThat(demo.output())
          .contains("here ./agentpost try FILE puts an event and shows what happens to it");
    }
    try (Launcher added =
        Launcher.start(
            outputs,
            Launcher.HOME.resolve("agentpost"),
            elsewhere,
            Map.of("AGENTPOST_CATALOG", ""),
            "new",
            "agent",
            "Refund",
            "--subscribes",
            "a.b")) {
      assertThat(added.exitCode()).isEqualTo(1);
      assertThat(added.output().strip())
          .startsWith("agentpost: 'Refund' is not a name: ")
          .hasLineCount(1);
    }
  }
}
