package agentpost.local.secrets;

import agentpost.local.wire.AwsException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A secret and its versions, with the staging labels that say which is which. Whoever calls holds
 * the service's lock.
 */
final class Secret {
  static final String CURRENT = "AWSCURRENT";
  static final String PREVIOUS = "AWSPREVIOUS";
  static final String PENDING = "AWSPENDING";

  private final String name;
  private final String arn;
  private final Optional<String> owner;
  private final Instant created;
  private final SortedMap<String, String> tags = new TreeMap<>();
  private final Map<String, Version> versions = new LinkedHashMap<>();
  private String description;
  private Optional<String> key;
  private Instant changed;
  private Optional<Deletion> deletion = Optional.empty();

  /**
   * @param at when it is asked for
   * @param due when the secret is gone
   */
  record Deletion(Instant at, Instant due) {}

  /**
   * @param text nothing as long as a rotation has not put one
   */
  record Version(String id, Optional<String> text, Instant created, Set<String> stages) {
    @Override
    public String toString() {
      return "Version[" + id + ", " + stages + "]";
    }
  }

  /**
   * @param key under which it is encrypted, as it was named; nothing for Secrets Manager's own
   * @param owner the AWS service that manages it, if one does
   */
  Secret(
      String name,
      String arn,
      String description,
      Optional<String> key,
      Optional<String> owner,
      Instant created) {
    this.name = name;
    this.arn = arn;
    this.description = description;
    this.key = key;
    this.owner = owner;
    this.created = created;
    this.changed = created;
  }

  String name() {
    return name;
  }

  String arn() {
    return arn;
  }

  String description() {
    return description;
  }

  Optional<String> key() {
    return key;
  }

  Optional<String> owner() {
    return owner;
  }

  void describe(String text, Instant now) {
    description = text;
    changed = now;
  }

  void encrypt(String under, Instant now) {
    key = Optional.of(under);
    changed = now;
  }

  Optional<Deletion> deletion() {
    return deletion;
  }

  void delete(Deletion planned) {
    deletion = Optional.of(planned);
  }

  void restore() {
    deletion = Optional.empty();
  }

  Instant created() {
    return created;
  }

  Instant changed() {
    return changed;
  }

  SortedMap<String, String> tags() {
    return tags;
  }

  List<Version> versions() {
    return List.copyOf(versions.values());
  }

  Optional<Version> with(String stage) {
    return versions.values().stream()
        .filter(version -> version.stages().contains(stage))
        .findFirst();
  }

  /**
   * The version with both, where an empty text asks for none in particular; only if it has a text.
   */
  Optional<Version> find(String id, String stage) {
    String asked = id.isEmpty() && stage.isEmpty() ? CURRENT : stage;
    return versions.values().stream()
        .filter(version -> id.isEmpty() || version.id().equals(id))
        .filter(version -> asked.isEmpty() || version.stages().contains(asked))
        .filter(version -> version.text().isPresent())
        .findFirst();
  }

  /**
   * A new version, or the same again; one that has no text yet gets it.
   *
   * @param stages that it takes from whichever version has them
   */
  Version put(String id, Optional<String> text, List<String> stages, Instant now) {
    Version there = versions.get(id);
    if (there != null && there.text().isPresent()) {
      if (!there.text().equals(text)) {
        throw AwsException.badRequest(
            "ResourceExistsException",
            "You can't use ClientRequestToken "
                + id
                + " because that value is already in use for a version of secret "
                + arn
                + ".");
      }
      return there;
    }
    Version made = new Version(id, text, now, new LinkedHashSet<>());
    versions.put(id, made);
    if (there != null) {
      made.stages().addAll(there.stages());
    }
    stages.forEach(stage -> attach(stage, made));
    changed = now;
    return made;
  }

  /**
   * @param to and {@code from} may be empty
   */
  void move(String stage, String to, String from, Instant now) {
    Optional<Version> holder = with(stage);
    if (to.isEmpty() && (from.isEmpty() || stage.equals(CURRENT))) {
      throw invalidRequest(
          "You can only move staging label "
              + stage
              + " to a different secret version. It can't be completely removed.");
    }
    if (holder.isPresent() && !holder.get().id().equals(to) && !holder.get().id().equals(from)) {
      String why =
          "Staging label "
              + stage
              + " is currently attached to version "
              + holder.get().id()
              + ", so you must explicitly reference that version in RemoveFromVersionId.";
      throw invalidRequest(
          from.isEmpty() ? "The parameter RemoveFromVersionId can't be empty. " + why : why);
    }
    if (holder.isEmpty() && !from.isEmpty()) {
      throw invalidRequest(
          "The parameter RemoveFromVersionId is not valid. Staging label "
              + stage
              + " is not attached to version "
              + from
              + ".");
    }
    if (to.isEmpty()) {
      holder.ifPresent(version -> version.stages().remove(stage));
    } else {
      Version target = versions.get(to);
      if (target == null) {
        throw AwsException.badRequest(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for VersionId: " + to);
      }
      attach(stage, target);
    }
    changed = now;
  }

  private void attach(String stage, Version to) {
    Optional<Version> before = with(stage);
    before.ifPresent(version -> version.stages().remove(stage));
    to.stages().add(stage);
    // What was current a moment ago is the previous one, without anyone asking.
    before
        .filter(version -> stage.equals(CURRENT) && !version.id().equals(to.id()))
        .ifPresent(version -> attach(PREVIOUS, version));
  }

  private static AwsException invalidRequest(String why) {
    return AwsException.badRequest("InvalidParameterException", why);
  }
}
