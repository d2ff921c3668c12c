package agentpost.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.catalog.KeyType;
import agentpost.delivery.AgentSettings;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Ed25519Key;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The key set (RFC 7517) of every agent that the directory says has Ed25519: its current key and,
 * during a rotation, the previous one (RFC 8037). A key says whose it is, {@code agent}, for a
 * receiver must take its own agent's only; and how Standard Webhooks writes it, {@code whpk}.
 */
final class PublicKeys {

  /** What came of asking. */
  sealed interface KeySet {
    record Known(ObjectNode json) implements KeySet {}

    /** A set with some keys left out would have receivers refuse what is signed with them. */
    record Unavailable(String why) implements KeySet {}
  }

  private final Supplier<Map<AgentName, AgentSettings>> directory;
  private final WebhookKeyStore secrets;
  private final String secretPrefix;

  /**
   * @param secretPrefix what an agent's secret id begins with, before its name
   */
  PublicKeys(
      Supplier<Map<AgentName, AgentSettings>> directory,
      WebhookKeyStore secrets,
      String secretPrefix) {
    this.directory = directory;
    this.secrets = secrets;
    this.secretPrefix = secretPrefix;
  }

  /**
   * @param only nothing for all agents
   */
  KeySet of(Optional<String> only) {
    ObjectNode set = JsonNodeFactory.instance.objectNode();
    ArrayNode keys = set.putArray("keys");
    for (Map.Entry<AgentName, AgentSettings> agent : directory.get().entrySet()) {
      String name = agent.getKey().value();
      if (agent.getValue().signature() != KeyType.ED25519
          || only.filter(asked -> !asked.equals(name)).isPresent()) {
        continue;
      }
      switch (secrets.of(secretPrefix + name, KeyType.ED25519)) {
        case WebhookKeyStore.Lookup.Found(var live) ->
            live.live()
                .forEach(
                    key -> {
                      if (key instanceof Ed25519Key ed25519) {
                        keys.add(jwk(name, ed25519));
                      }
                    });
        case WebhookKeyStore.Lookup.Unusable(var why) -> {
          return new KeySet.Unavailable(why);
        }
        case WebhookKeyStore.Lookup.Unavailable(var why) -> {
          return new KeySet.Unavailable(why);
        }
      }
    }
    return new KeySet.Known(set);
  }

  private static ObjectNode jwk(String agent, Ed25519Key key) {
    String x = base64(key.publicBytes());
    return JsonNodeFactory.instance
        .objectNode()
        .put("kty", "OKP")
        .put("crv", "Ed25519")
        .put("x", x)
        .put("kid", thumbprint(x))
        .put("alg", "EdDSA")
        .put("use", "sig")
        .put("agent", agent)
        .put("whpk", key.publicText());
  }

  /** RFC 7638: the hash of the members that make the key, in the order of their names. */
  private static String thumbprint(String x) {
    try {
      return base64(
          MessageDigest.getInstance("SHA-256")
              .digest(
                  ("{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" + x + "\"}").getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
