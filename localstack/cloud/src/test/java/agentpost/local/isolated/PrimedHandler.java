package agentpost.local.isolated;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** Answers with what has happened to it. */
public final class PrimedHandler
    implements RequestHandler<Map<String, Object>, List<String>>, Resource {
  private final List<String> happened = new ArrayList<>(List.of("init"));

  public PrimedHandler() {
    Core.getGlobalContext().register(this);
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    happened.add("beforeCheckpoint");
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    happened.add("afterRestore");
  }

  @Override
  public List<String> handleRequest(
      Map<String, Object> event, com.amazonaws.services.lambda.runtime.Context context) {
    return happened;
  }
}
