package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.catalog.AgentName;
import agentpost.infra.catalog.Catalog;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The template names classes of functions/, which the CDK app itself does not know. */
class HandlersTest {
  @Test
  void everyHandlerInTheTemplateIsAClassThatLambdaCanMake(@TempDir Path directory)
      throws Exception {
    Synthesized real = Synthesized.real(directory);
    Set<String> handlers =
        real.templates()
            .flatMap(template -> template.all("AWS::Lambda::Function").stream())
            .map(function -> function.text("/Handler"))
            .collect(Collectors.toSet());
    Stream<String> hosted =
        real.catalog().agents().stream()
            .flatMap(
                agent ->
                    agent.place() instanceof Catalog.Placement.Hosted place
                        ? Stream.of(place.handler())
                        : Stream.empty());
    assertThat(handlers).contains("agentpost.delivery.RelayHandler").containsAll(hosted.toList());
    for (String handler : handlers) {
      Class<?> type = Class.forName(handler);
      Constructor<?> constructor = type.getDeclaredConstructor();
      assertThat(RequestHandler.class).isAssignableFrom(type);
      assertThat(
              Modifier.isPublic(type.getModifiers())
                  && Modifier.isPublic(constructor.getModifiers()))
          .as(handler)
          .isTrue();
    }
    // What the catalog takes for a name, the functions do too.
    assertThat(real.catalog().agents())
        .extracting(Catalog.Agent::name)
        .allSatisfy(name -> assertEquals(name, new AgentName(name).value()));
  }
}
