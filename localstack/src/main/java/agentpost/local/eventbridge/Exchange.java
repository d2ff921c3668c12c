package agentpost.local.eventbridge;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request and what was answered, for people to look at. Values that authorize are masked before
 * they get here.
 */
record Exchange(Request request, Optional<Response> response) {
  record Request(String method, String url, Map<String, List<String>> headers, String body) {}

  record Response(int status, Map<String, List<String>> headers, String body) {}
}
