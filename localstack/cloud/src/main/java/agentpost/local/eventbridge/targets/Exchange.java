package agentpost.local.eventbridge.targets;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request and what was answered, for people to look at. Values that authorize are masked before
 * they get here.
 */
public record Exchange(Request request, Optional<Response> response) {
  public record Request(
      String method, String url, Map<String, List<String>> headers, String body) {}

  public record Response(int status, Map<String, List<String>> headers, String body) {}
}
