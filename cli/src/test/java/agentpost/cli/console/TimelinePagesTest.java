package agentpost.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.wire.AwsRequest;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimelinePagesTest {
  private static View.Html page(DeliveryHistory history, Map<String, List<String>> query) {
    return (View.Html)
        new TimelinePages(history)
            .list(
                PageRequest.of(
                    new AwsRequest("GET", PageRequest.PREFIX, query, Map.of(), new byte[0])));
  }

  /** Whatever there is, a page is short, and the pages have all of it once. */
  @Test
  void tenThousandEventsArePaged() {
    try (DeliveryHistory history = new DeliveryHistory(Instant::now)) {
      for (int i = 0; i < DeliveryHistory.MAX_EVENTS + 500; i++) {
        history.onEvent(
            new DeliveryEvent.EventAccepted(
                "id-" + i,
                "agentpost",
                "test",
                "many",
                List.of("agentpost-crm"),
                "{\"detail\":{}}"));
      }
      Set<Object> seen = new HashSet<>();
      String before = "";
      int pages = 0;
      do {
        Map<String, ?> model =
            page(history, before.isEmpty() ? Map.of() : Map.of("before", List.of(before))).model();
        List<?> rows = (List<?>) model.get("rows");
        assertThat(rows).hasSizeLessThanOrEqualTo(50);
        assertThat(seen.addAll(rows)).isTrue();
        before = String.valueOf(model.get("older")).replaceFirst(".*before=|^$", "");
        pages++;
      } while (!before.isEmpty());
      assertEquals(DeliveryHistory.MAX_EVENTS, seen.size());
      assertEquals(DeliveryHistory.MAX_EVENTS / 50, pages);
    }
  }
}
