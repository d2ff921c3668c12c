package agentpost.cli.doctor;

import agentpost.catalog.CloudAssembly;
import agentpost.catalog.SecretTags;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.cloud.DeclaredAgent;
import agentpost.cli.deployment.AccountCheck;
import agentpost.cli.deployment.Finding;
import agentpost.cli.deployment.StackChecks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.secretsmanager.model.Tag;

/** The secrets of a stack: whether they are there, are rotated, and who needs the next one. */
final class SecretChecks {
  private static final String SECRETS = "secrets";

  /** So long before, an owner who has to take the next one is thought of. */
  private static final Duration SOON = Duration.ofDays(14);

  /** Secrets Manager rotates within a window of the day. */
  private static final Duration ROTATION_WINDOW = Duration.ofDays(1);

  private final CloudOptions place;
  private final Optional<CloudAssembly> assembly;

  SecretChecks(CloudOptions place, Optional<CloudAssembly> assembly) {
    this.place = place;
    this.assembly = assembly;
  }

  List<AccountCheck> all() {
    return List.of(
        new AccountCheck(
            SECRETS,
            "secretsmanager:ListSecrets and secretsmanager:GetSecretValue on "
                + place.names().agentDirectory(),
            this::secrets));
  }

  private List<Finding> secrets() {
    List<SecretListEntry> all =
        place.ask(
            SecretsManagerClient.builder(),
            client ->
                client.listSecretsPaginator(list -> list.includePlannedDeletion(true)).stream()
                    .flatMap(page -> page.secretList().stream())
                    .filter(secret -> secret.name().startsWith(place.prefix() + "/"))
                    .toList());
    Map<String, DeclaredAgent> agents = DeclaredAgent.findAll(place);
    Instant now = place.now();
    String prefix = place.names().agentSecrets();
    List<Finding> findings = new ArrayList<>(missing(all));
    for (SecretListEntry secret : all) {
      String agent =
          secret.name().startsWith(prefix)
              ? secret.name().substring(prefix.length())
              : secret.name();
      boolean isExternal = agents.containsKey(agent) && agents.get(agent).isExternal();
      check(secret, agent, isExternal, now).ifPresent(findings::add);
    }
    return findings.isEmpty()
        ? List.of(Finding.ok(SECRETS, all.size() + ", none expires within two weeks"))
        : findings;
  }

  private List<Finding> missing(List<SecretListEntry> all) {
    Set<String> names = all.stream().map(SecretListEntry::name).collect(Collectors.toSet());
    return assembly.stream()
        .flatMap(each -> each.resources("AWS::SecretsManager::Secret"))
        .map(secret -> secret.properties().path("Name").asText())
        .filter(name -> name.startsWith(place.prefix() + "/") && !names.contains(name))
        .map(
            name ->
                Finding.stop(
                    "secret " + name,
                    "there is none",
                    place.isAws()
                        ? StackChecks.inApp(place.nextOfCdk("deploy"))
                        : "./agentpost local"))
        .toList();
  }

  private Optional<Finding> check(
      SecretListEntry secret, String agent, boolean isExternal, Instant now) {
    String about = "secret " + secret.name();
    String rotate = place.nextCommand("secrets rotate " + agent);
    String show = place.nextCommand("secrets show " + agent + " --once");
    if (secret.deletedDate() != null) {
      return Optional.of(
          Finding.stop(
              about,
              "is to be deleted",
              place.nextOfAws("secretsmanager restore-secret --secret-id " + secret.name())));
    }
    if (secret.secretVersionsToStages().values().stream()
        .anyMatch(stages -> stages.equals(List.of("AWSPENDING")))) {
      return Optional.of(Finding.warn(about, "its last rotation did not finish", rotate));
    }
    Instant next = secret.nextRotationDate();
    if (next != null && next.isBefore(now.minus(ROTATION_WINDOW))) {
      return Optional.of(Finding.warn(about, "should have been rotated by " + next, rotate));
    }
    if (isExternal && next != null && next.isBefore(now.plus(SOON))) {
      return Optional.of(
          Finding.warn(
              about,
              "is rotated until "
                  + next
                  + ": its owner then needs the new one within "
                  + hours(secret),
              show));
    }
    Instant end =
        secret.lastRotatedDate() == null
            ? Instant.MIN
            : secret.lastRotatedDate().plus(overlap(secret));
    return isExternal && end.isAfter(now)
        ? Optional.of(
            Finding.warn(
                about,
                "was rotated: the old one, which its owner may still use, ends at " + end,
                show))
        : Optional.empty();
  }

  private static String hours(SecretListEntry secret) {
    return overlap(secret).toHours() + " h";
  }

  /** As the rotation's function reads it. */
  private static Duration overlap(SecretListEntry secret) {
    return secret.tags().stream()
        .filter(tag -> tag.key().equals(SecretTags.OVERLAP))
        .map(Tag::value)
        .filter(text -> text.matches("[1-9][0-9]{0,8}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .findFirst()
        .orElse(Duration.ofHours(24));
  }
}
