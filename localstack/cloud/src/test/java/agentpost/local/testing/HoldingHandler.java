package agentpost.local.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Someone's webhook that checks signatures by code of its own, against the secrets that its owner
 * has installed: one of each scheme is asked for. It runs in the test's JVM, so that the test is
 * the owner.
 */
public final class HoldingHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  /** The secrets' texts. */
  public static final List<String> INSTALLED = new CopyOnWriteArrayList<>();

  public static final List<String> TAKEN = new CopyOnWriteArrayList<>();
  public static final List<String> REFUSED = new CopyOnWriteArrayList<>();

  public HoldingHandler(Platform platform) {}

  @Override
  public APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(event.getHeaders());
    byte[] body = Base64.getDecoder().decode(event.getBody());
    String id = headers.getOrDefault("webhook-id", "");
    byte[] before =
        (id + "." + headers.getOrDefault("webhook-timestamp", "") + ".").getBytes(UTF_8);
    List<String> signatures =
        Arrays.asList(headers.getOrDefault("webhook-signature", "").split(" "));
    boolean standard =
        INSTALLED.stream()
            .anyMatch(
                secret ->
                    signatures.contains(
                        "v1,"
                            + Base64.getEncoder()
                                .encodeToString(hmac(decoded(secret), before, body))));
    String plainSignature = headers.getOrDefault("x-webhook-signature", "");
    boolean plain =
        INSTALLED.stream()
            .anyMatch(
                secret ->
                    plainSignature.equals(
                        "sha256=" + HexFormat.of().formatHex(hmac(secret.getBytes(UTF_8), body))));
    boolean taken = standard && plain;
    (taken ? TAKEN : REFUSED)
        .add(id + (standard ? "" : " webhook-signature") + (plain ? "" : " X-Webhook-Signature"));
    return new APIGatewayProxyResponseEvent().withStatusCode(taken ? 200 : 403).withBody("");
  }

  private static byte[] decoded(String secret) {
    return Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
  }

  private static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
