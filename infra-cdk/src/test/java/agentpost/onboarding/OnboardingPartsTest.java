package agentpost.onboarding;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.CatalogReader;
import agentpost.infra.catalog.ExtensionNames;
import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.event.ruler.Ruler;

/**
 * The Onboarding Coordinator waits for the agents that the examples' patterns let hear of a
 * sign-up, and for no others.
 */
class OnboardingPartsTest {
  private final Catalog catalog =
      CatalogReader.read(
          Path.of("src/test/resources/catalogs/examples.yaml"),
          EventSchemas.load(),
          ExtensionNames.of(ExtensionNames.class.getClassLoader()));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "free",
        "premium",
        "premium_trial",
        "premium_trial_2",
        "team_trial",
        "enterprise",
        "enterprise_trial",
        "pre_enterprise"
      })
  void supportIsWaitedForExactlyWhenItsRuleMatches(String plan) throws Exception {
    assertThat(
            Onboarding.of(new SignUp("usr-1", "a@example.com", plan, "", ""))
                .contains("support-notification"))
        .isEqualTo(hears("support-notification", plan));
  }

  @ParameterizedTest
  @ValueSource(strings = {"free", "premium_trial", "enterprise_trial"})
  void whoeverIsWaitedForIsInTheCatalogAndHearsOfTheSignUp(String plan) throws Exception {
    for (String agent : Onboarding.of(new SignUp("usr-1", "a@example.com", plan, "", ""))) {
      assertThat(hears(agent, plan)).as(agent).isTrue();
    }
  }

  private boolean hears(String agent, String plan) throws Exception {
    List<Catalog.Subscription> subscriptions =
        catalog.agents().stream()
            .filter(one -> one.name().equals(agent))
            .flatMap(one -> one.subscriptions().stream())
            .filter(one -> one.event().equals("user.signed_up"))
            .toList();
    ObjectNode signUp = JsonNodeFactory.instance.objectNode();
    signUp.putObject("data").put("plan", plan);
    for (Catalog.Subscription subscription : subscriptions) {
      if (subscription.where().isEmpty()
          || Ruler.matchesRule(signUp.toString(), subscription.where().get().toString())) {
        return true;
      }
    }
    return false;
  }
}
