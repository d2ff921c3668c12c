package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.infra.Template.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other accounts on the bus. */
@SuppressWarnings("NullAway.Init") // set before all tests
class ProducersTest {
  private static Synthesized stack;
  private static JsonNode statement;

  @BeforeAll
  static void synthesize(@TempDir Path directory) {
    stack =
        Synthesized.of(
            directory,
            Synthesized.MIXED + "producers: ['111122223333', '044455556666']\n",
            Map.of());
    Resource policy = stack.root().only("AWS::Events::EventBusPolicy");
    assertThat(policy.text("/StatementId")).isEqualTo("producers");
    statement = policy.at("/Statement");
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }

  @Test
  void mayPutEventsOnThisBusAndNothingElse() {
    assertThat(statement.path("Action").asText()).isEqualTo("events:PutEvents");
    DocumentedNames named = new DocumentedNames(stack.root(), Optional.empty());
    assertThat(named.text(statement.path("Resource"))).endsWith(":event-bus/agentpost");
    assertThat(statement.at("/Principal/AWS").valueStream().map(named::text))
        .containsExactly("arn:aws:iam::111122223333:root", "arn:aws:iam::044455556666:root");
  }

  @Test
  void sayNothingUnderANameOfOurs() {
    assertThat(texts(statement.at("/Condition/ForAllValues:StringNotEquals").path("events:source")))
        .containsExactly(
            "alerts", "crm", "forge", "health", "hosted-everything", "hosted-plain", "operations");
  }

  @Test
  void sayNothingThatOnlyTheFrameworkKnows() throws IOException {
    // A new type of the framework's is in one of both lists, or this fails.
    List<String> forEveryone =
        List.of("alert.raised", "information.provided", "information.requested");
    try (Stream<Path> framework = Files.list(Path.of("../events-schemas/src/main/events"))) {
      assertThat(framework.map(type -> type.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(Producers.INTERNAL_TYPES.stream(), forEveryone.stream()).toList());
    }
    assertThat(
            texts(statement.at("/Condition/ForAllValues:StringEquals").path("events:detail-type")))
        .contains("user.signed_up", "alert.raised", "information.provided")
        .doesNotContainAnyElementsOf(Producers.INTERNAL_TYPES)
        .noneMatch(type -> type.startsWith("agent.") || type.startsWith("operation."));
  }

  @Test
  void nobodyIsLetInByACatalogThatNamesNobody(@TempDir Path directory) {
    assertThat(
            Synthesized.of(directory, Synthesized.MIXED, Map.of())
                .root()
                .all("AWS::Events::EventBusPolicy"))
        .isEmpty();
  }
}
