package agentpost.callback;

import static agentpost.hostile.FuzzInputs.assertReadsWithoutGoingBack;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.hostile.FuzzInputs;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HostileCallbackTest {
  @Property
  void everyBodyIsACallbackOrIsNone(
      @ForAll(supplier = FuzzInputs.Json.class) String json,
      @ForAll(supplier = FuzzInputs.Json.class) String result) {
    assertThat(Callback.parse(json.getBytes(UTF_8))).isNotNull();
    byte[] body =
        ("{\"correlation_id\":\"op-1\",\"status\":\"completed\",\"result\":" + result + "}")
            .getBytes(UTF_8);
    if (Callback.parse(body) instanceof Callback.Parsed.Read(var callback)) {
      // What is kept and sent again is the same callback.
      assertEquals(new Callback.Parsed.Read(callback), Callback.parse(callback.body()));
    }
  }

  @Property
  void everyMessageIsWorkOrIsNone(
      @ForAll(supplier = FuzzInputs.Json.class) String json,
      @ForAll(supplier = FuzzInputs.Json.class) String data) {
    assertThat(WorkItem.parse(json)).isNotNull();
    assertThat(
            WorkItem.parse(
                "{\"data_to_process\":"
                    + data
                    + ",\"callback_url\":"
                    + json
                    + ",\"correlation_id\":\"op-1\",\"accepted_at\":\"2026-03-31T10:30:00Z\"}"))
        .isNotNull();
  }

  @Test
  void callbacksAreReadWithoutGoingBack() {
    assertReadsWithoutGoingBack(
        "{\"correlation_id\":\"", "\"}", text -> Callback.parse(text.getBytes(UTF_8)));
    assertReadsWithoutGoingBack(
        "{\"correlation_id\":\"a\",\"status\":\"failed\",\"error\":\"",
        "\"}",
        text -> Callback.parse(text.getBytes(UTF_8)));
    assertReadsWithoutGoingBack(
        "{\"data_to_process\":{},\"correlation_id\":\"a\",\"accepted_at\":\"",
        "\"}",
        WorkItem::parse);
  }
}
