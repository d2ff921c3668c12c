package agentpost.cli.deployment;

import agentpost.cli.cloud.CloudOptions;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.lambda.LambdaClient;

/**
 * Versions that no rollback leads to.
 *
 * @param byFunction their numbers, by the names of functions that have any
 */
record UnneededVersions(Map<String, List<String>> byFunction) {
  UnneededVersions {
    byFunction = Map.copyOf(byFunction);
  }

  static UnneededVersions of(StageFunctions stage) {
    Map<String, List<String>> unneeded = new LinkedHashMap<>();
    for (LiveFunction function : stage.functions()) {
      Set<String> needed = needed(function, stage.deployments());
      List<String> others =
          function.versions().stream()
              .map(LiveFunction.Version::toString)
              .filter(version -> !needed.contains(version))
              .toList();
      if (!others.isEmpty()) {
        unneeded.put(function.name(), others);
      }
    }
    return new UnneededVersions(unneeded);
  }

  /** What is live, the newest, and what ran before and after each of the last deployments. */
  private static Set<String> needed(LiveFunction function, List<Deployment> deployments) {
    Set<String> needed = new HashSet<>(Set.of(function.version()));
    function.canary().ifPresent(needed::add);
    Stream.concat(
            Stream.of(function.newest(_ -> true)),
            deployments.stream()
                .flatMap(
                    deployment ->
                        Stream.of(
                            function.newest(
                                version -> version.published().isBefore(deployment.began())),
                            function.newest(
                                version -> !version.published().isAfter(deployment.ended())))))
        .flatMap(Optional::stream)
        .forEach(version -> needed.add(version.toString()));
    return needed;
  }

  int count() {
    return byFunction.values().stream().mapToInt(List::size).sum();
  }

  List<String> lines() {
    return byFunction.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(each -> each.getKey() + ": " + String.join(", ", each.getValue()))
        .toList();
  }

  /** Lambda keeps a version that an alias points to, whoever asks. */
  int delete(CloudOptions place) {
    return place.withClient(LambdaClient.builder(), this::delete);
  }

  private int delete(LambdaClient client) {
    byFunction.forEach(
        (function, versions) ->
            versions.forEach(
                version ->
                    client.deleteFunction(
                        delete -> delete.functionName(function).qualifier(version))));
    return count();
  }
}
