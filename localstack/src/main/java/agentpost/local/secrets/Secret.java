package agentpost.local.secrets;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A secret and the two versions of it that have a stage. */
record Secret(String name, String arn, String description, Version current, Optional<Version> previous) {
  private static final String CURRENT = "AWSCURRENT";
  private static final String PREVIOUS = "AWSPREVIOUS";

  record Version(String id, String text) {
    @Override
    public String toString() {
      return "Version[" + id + "]";
    }
  }

  /** The current version becomes the previous one. The same version put again changes nothing. */
  Secret with(Version next) {
    return next.equals(current) ? this : new Secret(name, arn, description, next, Optional.of(current));
  }

  List<Version> versions() {
    return Stream.concat(Stream.of(current), previous.stream()).toList();
  }

  List<String> stages(Version version) {
    return List.of(version.equals(current) ? CURRENT : PREVIOUS);
  }

  /** The version with both, where an empty text asks for none in particular. */
  Optional<Version> version(String id, String stage) {
    String asked = id.isEmpty() && stage.isEmpty() ? CURRENT : stage;
    return versions().stream()
        .filter(version -> id.isEmpty() || version.id().equals(id))
        .filter(version -> asked.isEmpty() || stages(version).contains(asked))
        .findFirst();
  }
}
