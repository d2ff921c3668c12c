package agentpost.local.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.local.RawClient;
import agentpost.local.apigateway.RestApiService;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may call at all: by which host, from which site, at which address. */
@Timeout(60)
class FrontDoorAccessIT extends FrontDoorTestBed {
  @Test
  void hostsThatAreNoneAreRefused() throws Exception {
    for (String host :
        List.of(
            "",
            "Host:\r\n",
            "Host: a b\r\n",
            "Host: localhost:99999999\r\n",
            "Host: localhost\r\nHost: localhost\r\n",
            "Host: [::1\r\n")) {
      assertThat(exchange("GET / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"))
          .as(host)
          .matches("(?s)HTTP/1.1 4\\d\\d .*\"__type\":\".*");
    }
  }

  @Test
  void aPageOfAnotherSiteIsRefusedBeforeItsBodyIsRead() throws Exception {
    String simple =
        "POST / HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + "Content-Type: text/plain\r\n"
            + "Origin: http://evil.example\r\n"
            + "Content-Length: 9000\r\n\r\n";
    String answer = exchange(simple);
    assertRefused(403, "AccessDeniedException", answer);
    assertThat(answer).doesNotContainIgnoringCase("Access-Control-");
    assertRefused(
        403,
        "AccessDeniedException",
        exchange(
            "POST / HTTP/1.1\r\n"
                + "Host: evil.example\r\n"
                + "X-Amz-Target: Test.Echo\r\n"
                + "Content-Length: 0\r\n\r\n"));
    String preflight =
        exchange(
            "OPTIONS / HTTP/1.1\r\n"
                + "Host: localhost\r\n"
                + "Origin: http://evil.example\r\n"
                + "Access-Control-Request-Method: POST\r\n\r\n");
    assertRefused(403, "AccessDeniedException", preflight);
    assertThat(preflight).doesNotContainIgnoringCase("Access-Control-");
  }

  @Test
  void itListensOnLoopbackAloneUnlessItIsTold() throws Exception {
    Optional<InetAddress> outside =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
            .findFirst();
    assumeTrue(outside.isPresent(), "this machine has no other address");
    assertThrows(ConnectException.class, () -> new Socket(outside.get(), gateway.port()).close());
    Gateway everywhere =
        new Gateway(
            0,
            "0.0.0.0",
            Set.of(),
            LIMITS,
            new Router(new RestApiService(NO_FUNCTIONS), Map.of(), Map.of(), Map.of(), Map.of()));
    everywhere.open();
    try {
      new Socket(outside.get(), everywhere.port()).close();
      assertThat(
              RawClient.exchange(everywhere.port(), "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
          .startsWith("HTTP/1.1 403 ");
    } finally {
      everywhere.shut();
    }
  }

  @Test
  void aNameThatWasAllowedLeadsHere() throws Exception {
    assertTrue(
        exchange(
                "POST / HTTP/1.1\r\n"
                    + "Host: tunnel.example\r\n"
                    + "X-Amz-Target: Test.Echo\r\n"
                    + "Connection: close\r\n"
                    + "Content-Length: 0\r\n\r\n")
            .endsWith("echo 0"));
  }
}
