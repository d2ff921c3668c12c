package agentpost.cli.console;

import agentpost.catalog.ResourceNames;
import agentpost.local.LocalCloud;
import agentpost.secrets.StoredSecret;
import agentpost.signing.KeySet;
import agentpost.signing.SigningKey;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** Verifies what an agent got, as its inbox does, with the secret that it has now. */
record SignatureCheck(LocalCloud cloud, ResourceNames names, String agent) {
  String explain(SignedRequests.Exchange exchange) {
    Optional<KeySet> keys = keys(exchange.receivedAt());
    if (keys.isEmpty()) {
      return "not checked: there is no secret " + names.webhookSecret(agent);
    }
    Map<String, List<String>> headers = new HashMap<>();
    exchange.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    Verifier verifier =
        new Verifier(
            keys.get(),
            Clock.fixed(exchange.receivedAt(), ZoneOffset.UTC),
            Verifier.DEFAULT_TOLERANCE);
    return switch (verifier.verify(headers, exchange.body())) {
      case Verification.Accepted accepted ->
          "valid: "
              + accepted.scheme()
              + ", over "
              + exchange.body().length
              + " bytes, by the secret "
              + names.webhookSecret(agent);
      case Verification.BadSignature bad ->
          "invalid: " + bad.scheme() + " is by none of the secrets that the agent has now";
      case Verification.Stale stale ->
          "stale: signed at " + stale.sentAt() + ", more than " + stale.tolerance() + " away";
      case Verification.Unsigned unsigned -> "unsigned: " + unsigned.why();
      case Verification.Malformed malformed -> "malformed: " + malformed.why();
    };
  }

  private Optional<KeySet> keys(Instant at) {
    try (SecretsManagerClient secrets =
        cloud.clients("console").create(SecretsManagerClient.builder())) {
      String text =
          secrets.getSecretValue(get -> get.secretId(names.webhookSecret(agent))).secretString();
      return Optional.of(
          new KeySet(StoredSecret.read(text).live(at).stream().map(SigningKey::of).toList()));
    } catch (ResourceNotFoundException e) {
      return Optional.empty();
    }
  }
}
