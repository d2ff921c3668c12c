package agentpost.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A mailbox at any host name is an address, whoever runs the host. */
class EmailAddressFormatTest {
  private static final EventSchemas SCHEMAS = AllEvents.schemas();

  private static boolean isAddress(String text) {
    ObjectNode event = JsonNodeFactory.instance.objectNode().put("event_type", "user.signed_up");
    event.putObject("data").put("email", text);
    return !SCHEMAS.validate(event).problem().contains("/data/email");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a@corp.example",
        "a@b.internal",
        "a@localhost",
        "a@mail",
        "a@host.lan",
        "a@x.test",
        "a@example.com",
        "a+b.c_d@a-b.co.uk",
        "o'hara@example.com",
        "\"a b\"@example.com",
        "a@[192.0.2.1]",
        "a@[IPv6:2001:db8::1]",
        "a@xn--bcher-kva.example",
        "a@b\u00fccher.example",
        "j\u00f6rg@example.com",
        "a@1.2.3.example"
      })
  void takes(String address) {
    assertThat(isAddress(address)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "@example.com",
        "a@",
        "a@@example.com",
        "a b@example.com",
        "a@b c.example",
        ".a@example.com",
        "a.@example.com",
        "a..b@example.com",
        "a@.example.com",
        "a@example..com",
        "a@example.com.",
        "a@-b.example",
        "a@b-.example",
        "a@b_c.example",
        "a@b.example\r\n",
        "\"a\r\nb\"@example.com",
        "\"a\u0000b\"@example.com",
        "a@[300.0.0.1]",
        "a@[example.com]",
        "Ada <a@example.com>",
        "a@example.com,b@example.com"
      })
  void refuses(String text) {
    assertThat(isAddress(text)).isFalse();
  }

  @Test
  void everyHostNameWillDo() {
    Random random = new Random(42);
    for (int i = 0; i < 1_000; i++) {
      String host =
          Stream.generate(() -> label(random))
              .limit(random.nextInt(1, 4))
              .collect(Collectors.joining("."));
      assertThat(isAddress("a@" + host)).as(host).isTrue();
    }
  }

  private static String label(Random random) {
    String inner = "abcdefghijklmnopqrstuvwxyz0123456789-";
    StringBuilder label = new StringBuilder();
    int length = random.nextInt(1, 64);
    while (label.length() < length) {
      boolean isEnd = label.isEmpty() || label.length() == length - 1;
      label.append(inner.charAt(random.nextInt(inner.length() - (isEnd ? 1 : 0))));
    }
    return label.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 100, 250})
  void refusesALabelOfMoreThan63(int length) {
    assertThat(isAddress("a@" + "b".repeat(length) + ".example")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 100})
  void refusesMoreThan64BeforeTheAtSign(int length) {
    assertThat(isAddress("a".repeat(length) + "@example.com")).isFalse();
  }
}
