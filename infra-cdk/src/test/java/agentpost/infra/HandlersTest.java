package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.event.AgentName;
import agentpost.infra.catalog.Catalog;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The template names classes of functions/, which the CDK app itself does not know. */
class HandlersTest {
  @Test
  void everyHandlerInTheTemplateIsAClassThatLambdaCanMake(@TempDir Path directory) throws Exception {
    Synthesized real = Synthesized.of(directory, Synthesized.REAL_CATALOG, Map.of("workflow", "true"));
    Set<String> handlers =
        real.templates().flatMap(template -> template.all("AWS::Lambda::Function").stream()).map(function -> function.text("/Handler")).collect(Collectors.toSet());
    // The relay, the redrive, the recovery, ingest's, alerts', each agent's, the four of operations, and the workflow's.
    assertThat(handlers).hasSize(5 + real.catalog().agents().size() + 4 + 1);
    for (String handler : handlers) {
      Class<?> type = Class.forName(handler);
      Constructor<?> constructor = type.getDeclaredConstructor();
      assertThat(RequestHandler.class).isAssignableFrom(type);
      assertThat(Modifier.isPublic(type.getModifiers()) && Modifier.isPublic(constructor.getModifiers())).as(handler).isTrue();
    }
    // What the catalog takes for a name, the functions do too.
    assertThat(real.catalog().agents()).extracting(Catalog.Agent::name).allSatisfy(name -> assertEquals(name, new AgentName(name).value()));
  }
}
