package agentpost.cli.deployment;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.GetAliasResponse;

/**
 * A function that is called by an alias.
 *
 * @param version that the alias points to
 * @param canary the version that gets some of its invocations, in a deployment that has not ended
 *     or was broken off; empty if there is none
 * @param revision of the alias: whoever changes it meanwhile gives it another
 * @param versions that are kept, newest first
 */
record LiveFunction(
    String name,
    String alias,
    String version,
    Optional<String> canary,
    String revision,
    List<Version> versions) {
  /** As Lambda writes it: {@code 2026-03-31T10:30:00.000+0000}. */
  private static final DateTimeFormatter LAST_MODIFIED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSZ");

  /** It is never changed, so when it was last modified is when it was published. */
  record Version(int number, Instant published) {
    @Override
    public String toString() {
      return Integer.toString(number);
    }
  }

  LiveFunction {
    versions =
        versions.stream().sorted(Comparator.comparingInt(Version::number).reversed()).toList();
  }

  /**
   * @param aliasArn {@code arn:aws:lambda:…:function:NAME:ALIAS}
   */
  static LiveFunction read(LambdaClient client, String aliasArn) {
    String[] parts = aliasArn.split(":", -1);
    String name = parts[parts.length - 2];
    String alias = parts[parts.length - 1];
    GetAliasResponse now = client.getAlias(get -> get.functionName(name).name(alias));
    return new LiveFunction(
        name,
        alias,
        now.functionVersion(),
        Optional.ofNullable(now.routingConfig())
            .flatMap(routing -> routing.additionalVersionWeights().keySet().stream().findFirst()),
        now.revisionId(),
        client.listVersionsByFunctionPaginator(list -> list.functionName(name)).versions().stream()
            .filter(version -> !version.version().equals("$LATEST"))
            .map(
                version ->
                    new Version(
                        Integer.parseInt(version.version()),
                        LAST_MODIFIED.parse(version.lastModified(), Instant::from)))
            .toList());
  }

  /** As a table has it. */
  String now() {
    return version + canary.map(other -> " and " + other).orElse("");
  }

  Optional<Version> newest(Predicate<Version> which) {
    return versions.stream().filter(which).findFirst();
  }
}
