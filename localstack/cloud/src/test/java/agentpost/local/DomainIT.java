package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.SignUps;
import agentpost.local.testing.Templates;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API by a domain: no DNS leads here, so it has a name that the local cloud knows. */
class DomainIT {
  private static final String KEYS = "/.well-known/agentpost-keys.json";

  private static int status(HttpClient http, String url) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void leadsToTheStageWithoutNamingIt(@TempDir Path cdkOut) throws Exception {
    AgentpostTemplate template = new AgentpostTemplate().secrets().domain("events.example.com");
    template.agent("crm-sync", "agentpost.local.testing.HeardHandler", SignUps.PATTERN);
    Templates.write(cdkOut, "agentpost", template.pair("crm-sync").toString());
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
        HttpClient http = HttpClient.newHttpClient()) {
      cloud.deploy(cdkOut);
      String url = cloud.outputs().getOrDefault("agentpost", Map.of()).getOrDefault("ApiUrl", "");
      assertThat(url).startsWith("http://localhost:").endsWith("/eventsexamplecom");
      assertEquals(200, status(http, url + KEYS + "?agent=crm-sync"));
      assertEquals(403, status(http, url + "/prod" + KEYS + "?agent=crm-sync"));
    }
  }
}
