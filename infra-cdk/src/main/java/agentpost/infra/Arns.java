package agentpost.infra;

import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.ArnFormat;
import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/**
 * ARNs of resources by their names, in the account and region of the stack: for what is made
 * elsewhere, or later.
 */
final class Arns {
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
