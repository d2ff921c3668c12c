package agentpost.local.frontdoor;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsRebindingGuardTest {
  private final DnsRebindingGuard door = new DnsRebindingGuard(Set.of("Tunnel.example"));

  private void check(String host, String... more) {
    Map<String, String> headers = new HashMap<>(Map.of("host", host));
    for (int i = 0; i < more.length; i += 2) {
      headers.put(more[i], more[i + 1]);
    }
    door.check(new AwsRequest("POST", "/", Map.of(), headers, new byte[0]));
  }

  private void assertRefused(String host, String... more) {
    AwsException refused = assertThrows(AwsException.class, () -> check(host, more));
    assertEquals(403, refused.status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:4566",
        "LOCALHOST:4566",
        "localhost.",
        "127.0.0.1:4566",
        "127.1.2.3",
        "[::1]:4566",
        "192.168.1.20:4566",
        "bucket.localhost:4566",
        "localhost.localstack.cloud:4566",
        "s3.localhost.localstack.cloud:4566",
        "my.bucket.s3.us-east-1.localhost.localstack.cloud:4566",
        "a1b2c3.execute-api.us-east-1.amazonaws.com",
        "a1b2c3.execute-api.us-east-1.amazonaws.com:443",
        "tunnel.example"
      })
  void namesOfThisMachineAreLetIn(String host) {
    assertDoesNotThrow(() -> check(host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "evil.example",
        "evil.example:4566",
        "localhost.evil.example",
        "notlocalhost",
        "localhost.localstack.cloud.evil.example",
        "evillocalhost.localstack.cloud",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io:4566",
        "1.2.3",
        "0x7f000001",
        "2130706433",
        "evil.s3.amazonaws.com",
        "a.b.execute-api.us-east-1.amazonaws.com",
        "execute-api.us-east-1.amazonaws.com",
        "localhost:4566:80",
        "localhost:port",
        "user@localhost",
        "localhost/../evil.example",
        "evil.example#.localhost",
        "evil.example?.localhost",
        "evil.example\\.localhost",
        "[::1].evil.example",
        "tunnel.example.evil.example"
      })
  void otherNamesAreRefused(String host) {
    assertRefused(host);
  }

  @ParameterizedTest
  @CsvSource({
    "http://evil.example",
    "https://localhost:4566",
    "http://localhost:3000",
    "http://localhost",
    "null",
    "http://localhost:4566.evil.example",
    "file://"
  })
  void pagesOfOtherOriginsAreRefused(String origin) {
    assertRefused("localhost:4566", "origin", origin);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site", "anything"})
  void browsersSayWhereARequestIsFrom(String site) {
    assertRefused("localhost:4566", "sec-fetch-site", site);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "same-origin"})
  void ourOwnPageMayAsk(String site) {
    assertDoesNotThrow(
        () -> check("localhost:4566", "origin", "http://localhost:4566", "sec-fetch-site", site));
  }
}
