package agentpost.infra;

import java.util.List;
import java.util.stream.IntStream;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.ArnFormat;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/**
 * ARNs of resources by their names, in the account and region of the stack: for what is made
 * elsewhere, or later.
 */
final class Arns {
  private static final int NAMES_PER_STATEMENT = 25;

  private Arns() {}

  /** As {@code arn:…:events:…:rule/name}. */
  static String withSlash(Construct scope, String service, String resource, String name) {
    return of(scope, service, resource, name, ArnFormat.SLASH_RESOURCE_NAME);
  }

  /** As {@code arn:…:secretsmanager:…:secret:name}. */
  static String withColon(Construct scope, String service, String resource, String name) {
    return of(scope, service, resource, name, ArnFormat.COLON_RESOURCE_NAME);
  }

  /** As {@code arn:…:sqs:…:name}. */
  static String of(Construct scope, String service, String name) {
    return Stack.of(scope)
        .formatArn(
            ArnComponents.builder()
                .service(service)
                .resource(name)
                .arnFormat(ArnFormat.NO_RESOURCE_NAME)
                .build());
  }

  /**
   * ARNs by their names, as many together as fit a statement: the CDK spreads a role's statements
   * over as many policies as their sizes need, and does not cut a statement. As text with
   * references in it, half as long as one that is joined, for there are 300 agents.
   */
  static List<List<String>> inChunks(List<String> names, String service) {
    return IntStream.iterate(0, from -> from < names.size(), from -> from + NAMES_PER_STATEMENT)
        .mapToObj(from -> names.subList(from, Math.min(from + NAMES_PER_STATEMENT, names.size())))
        .map(
            some ->
                some.stream()
                    .map(
                        name ->
                            Fn.sub(
                                "arn:${AWS::Partition}:"
                                    + service
                                    + ":${AWS::Region}:${AWS::AccountId}:"
                                    + name))
                    .toList())
        .toList();
  }

  private static String of(
      Construct scope, String service, String resource, String name, ArnFormat format) {
    return Stack.of(scope)
        .formatArn(
            ArnComponents.builder()
                .service(service)
                .resource(resource)
                .resourceName(name)
                .arnFormat(format)
                .build());
  }
}
