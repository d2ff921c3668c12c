package agentpost.testing;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParameterRequest;
import software.amazon.awssdk.services.ssm.model.GetParameterResponse;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathRequest;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterNotFoundException;

/** Parameters in memory, of a Parameter Store that can be down; by path they come one a page. */
public final class FakeParameters implements SsmClient {
  private final Map<String, String> parameters = new ConcurrentSkipListMap<>();

  private volatile boolean down;
  private volatile int calls;

  public void down(boolean now) {
    down = now;
  }

  /** How often a parameter was asked for. */
  public int calls() {
    return calls;
  }

  public void without(String name) {
    parameters.remove(name);
  }

  public FakeParameters with(String name, String value) {
    parameters.put(name, value);
    return this;
  }

  @Override
  public synchronized GetParameterResponse getParameter(GetParameterRequest request) {
    calls++;
    if (down) {
      throw SdkClientException.create("no route to Parameter Store");
    }
    String value = parameters.get(request.name());
    if (value == null) {
      throw ParameterNotFoundException.builder().message("not found").build();
    }
    return GetParameterResponse.builder().parameter(parameter -> parameter.value(value)).build();
  }

  @Override
  public GetParametersByPathResponse getParametersByPath(GetParametersByPathRequest request) {
    int page = request.nextToken() == null ? 0 : Integer.parseInt(request.nextToken());
    var below =
        parameters.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(request.path() + "/"))
            .toList();
    if (page >= below.size()) {
      return GetParametersByPathResponse.builder().parameters(new Parameter[0]).build();
    }
    Parameter one =
        Parameter.builder()
            .name(below.get(page).getKey())
            .value(below.get(page).getValue())
            .build();
    String next = page + 1 < below.size() ? Integer.toString(page + 1) : null;
    return GetParametersByPathResponse.builder().parameters(one).nextToken(next).build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
