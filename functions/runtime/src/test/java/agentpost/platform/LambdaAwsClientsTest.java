package agentpost.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Alone: the property it sets is the whole JVM's. */
@Isolated
class LambdaAwsClientsTest {
  private HttpServer offer;

  @BeforeEach
  void offerCredentials() throws IOException {
    offer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    offer.createContext(
        "/",
        exchange -> {
          byte[] body =
              "{\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2099-01-01T00:00:00Z\"}"
                  .getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    offer.start();
    System.setProperty(
        SdkSystemSetting.AWS_CONTAINER_CREDENTIALS_FULL_URI.property(),
        "http://127.0.0.1:" + offer.getAddress().getPort() + "/credentials");
  }

  @AfterEach
  void withdraw() {
    offer.stop(0);
    System.clearProperty(SdkSystemSetting.AWS_CONTAINER_CREDENTIALS_FULL_URI.property());
  }

  /** A function started from a snapshot has no keys in its environment, only this address. */
  @Test
  void asksForCredentialsWhereSnapStartOffersThem() {
    try (DynamoDbClient client =
        new LambdaAwsClients(Region.US_EAST_1).create(DynamoDbClient.builder())) {
      assertThat(
              client
                  .serviceClientConfiguration()
                  .credentialsProvider()
                  .resolveIdentity()
                  .join()
                  .accessKeyId())
          .isEqualTo("AKID");
    }
  }

  /** The backlog takes the connection and nobody answers. */
  @Test
  void givesUpOnAServiceThatDoesNotAnswerWhileThereIsTimeToSaySo() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        DynamoDbClient client =
            new LambdaAwsClients(Region.US_EAST_1)
                .create(
                    DynamoDbClient.builder()
                        .endpointOverride(
                            URI.create("http://127.0.0.1:" + silent.getLocalPort())))) {
      assertThatThrownBy(client::listTables).isInstanceOf(ApiCallTimeoutException.class);
    }
  }
}
