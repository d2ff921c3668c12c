package agentpost.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.EventCodec;
import agentpost.event.EventReader;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.publish.Publisher;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.webhook.ClaimStore;
import agentpost.webhook.Inbox;
import agentpost.webhook.Outcome;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a hosted agent does with a webhook before its own code runs, and the same of two other
 * libraries for Standard Webhooks. All get the same request; the others a body that is a text
 * already, as they ask for one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HandlerPath {
  @Param({"1", "64", "900"})
  int kib;

  private Webhook webhook;
  private byte[] signed;
  private Mac mac;
  private String text;
  private Map<String, List<String>> headers;
  private final Verifier verifier =
      new Verifier(Webhook.KEYS, Clock.systemUTC(), Verifier.DEFAULT_TOLERANCE);
  private final Signer signer = new Signer(Webhook.KEYS);
  private com.standardwebhooks.Webhook standardWebhooks;
  private com.svix.Webhook svix;
  private final EventCodec codec = new EventCodec();
  private final EventReader reader = new EventReader(EventSchemas.load());
  private Inbox inbox;

  @Setup
  public void setUp() throws Exception {
    webhook = Webhook.of(kib * 1024);
    text = new String(webhook.body(), UTF_8);
    headers = new HashMap<>(webhook.headers());
    signed = (webhook.id() + "." + webhook.sentAt().getEpochSecond() + "." + text).getBytes(UTF_8);
    mac = mac();
    standardWebhooks = new com.standardwebhooks.Webhook(Webhook.SECRET);
    svix = new com.svix.Webhook(Webhook.SECRET);
    AgentName name = new AgentName("welcome-agent");
    inbox =
        new Inbox(
            new Inbox.Parts(
                name,
                _ -> new Outcome.Done(List.of(), "did it"),
                new WebhookKeyStore(
                    new SecretStore(new MemorySecrets(Webhook.SECRET), Clock.systemUTC())),
                "agentpost/agents/welcome-agent",
                EventSchemas.load(),
                new ClaimStore(new MemoryTable(), "claims", name, Clock.systemUTC()),
                _ -> new Publisher.Publication.Published(),
                Clock.systemUTC(),
                _ -> {}));
    if (!(verifyAgentpost() instanceof Verification.Accepted) || receive().status() / 100 != 2) {
      throw new IllegalStateException(
          "what is measured does not work: " + new String(receive().body(), UTF_8));
    }
  }

  private static Mac mac() throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(
            Base64.getDecoder().decode(Webhook.SECRET.substring("whsec_".length())), "HmacSHA256"));
    return mac;
  }

  /** What none can be faster than. */
  @Benchmark
  public byte[] bareMac() {
    return mac.doFinal(signed);
  }

  @Benchmark
  public Verification verifyAgentpost() {
    return verifier.verify(headers, webhook.body());
  }

  @Benchmark
  public void verifyStandardwebhooks() throws Exception {
    standardWebhooks.verify(text, headers);
  }

  @Benchmark
  public void verifySvix() throws Exception {
    svix.verify(text, headers);
  }

  @Benchmark
  public Object signAgentpost() {
    return signer.standard(webhook.id(), webhook.sentAt(), webhook.body());
  }

  @Benchmark
  public String signStandardwebhooks() throws Exception {
    return standardWebhooks.sign(webhook.id(), webhook.sentAt().getEpochSecond(), text);
  }

  @Benchmark
  public String signSvix() throws Exception {
    return svix.sign(webhook.id(), webhook.sentAt().getEpochSecond(), text);
  }

  @Benchmark
  public Object parse() {
    return codec.parse(webhook.body());
  }

  @Benchmark
  public Object parseAndValidate() {
    return reader.read(webhook.body());
  }

  /** Verify, parse, validate, claim, act, mark done. */
  @Benchmark
  public Response receive() {
    return inbox.receive(
        new Request(
            "POST", "/webhooks/welcome-agent", Map.of(), headers, webhook.body(), "127.0.0.1"),
        Duration.ofSeconds(15));
  }
}
