package agentpost.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.secrets.SignatureSchemes;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Digest;
import agentpost.signing.PublicHalf;
import agentpost.signing.SignatureScheme;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The key set (RFC 7517) of every agent that the directory says has public ones: its current key
 * and, during a rotation, the previous one (RFC 8037). A key says whose it is, {@code agent}, for a
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
      SignatureScheme scheme = SignatureSchemes.ALL.named(agent.getValue().signature());
      if (!scheme.hasPublicKeys() || only.filter(asked -> !asked.equals(name)).isPresent()) {
        continue;
      }
      switch (secrets.of(secretPrefix + name, scheme)) {
        case WebhookKeyStore.Lookup.Found(var live) ->
            live.live()
                .forEach(key -> key.publicHalf().ifPresent(half -> keys.add(jwk(name, half))));
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

  private static ObjectNode jwk(String agent, PublicHalf key) {
    ObjectNode jwk = JsonNodeFactory.instance.objectNode();
    key.jwk().forEach(jwk::put);
    return jwk.put("kid", thumbprint(key))
        .put("alg", key.algorithm())
        .put("use", "sig")
        .put("agent", agent)
        .put("whpk", key.text());
  }

  /** RFC 7638: the hash of the members that make the key, in the order of their names. */
  private static String thumbprint(PublicHalf key) {
    ObjectNode members = JsonNodeFactory.instance.objectNode();
    new TreeMap<>(key.jwk()).forEach(members::put);
    return base64(Digest.sha256(members.toString().getBytes(UTF_8)));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
