package agentpost.infra;

import java.util.Map;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.IPrincipal;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.constructs.Construct;

/** Services that may take a role, on behalf of this account and no other. */
final class ServicePrincipals {
  private ServicePrincipals() {}

  static IPrincipal inThisAccount(Construct scope, String service) {
    return new ServicePrincipal(service)
        .withConditions(
            Map.of("StringEquals", Map.of("aws:SourceAccount", Stack.of(scope).getAccount())));
  }
}
