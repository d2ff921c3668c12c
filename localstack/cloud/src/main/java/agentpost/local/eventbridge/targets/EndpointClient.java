package agentpost.local.eventbridge.targets;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Sends one request over HTTP/1.1, once, and follows no redirect. */
public interface EndpointClient extends AutoCloseable {
  /**
   * @param headers all but {@code Content-Length}, and {@code Host} where it is the URI's
   * @param body nothing is sent if it is empty
   */
  record Request(String method, URI uri, Map<String, String> headers, String body) {
    /** RFC 9110, 5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]++");

    /** RFC 9110, 5.5. */
    private static final Pattern VALUE =
        Pattern.compile("(?:[\\x21-\\x7E\\x80-\\xFF](?:[\\t\\x20-\\x7E\\x80-\\xFF]*+))?+");

    /**
     * @throws IllegalArgumentException if no request is made of it; the message quotes no header,
     *     for its value may be a key, and what is said here gets into the dead letter
     */
    public Request {
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
        throw new IllegalArgumentException("the endpoint is no URL of a host over http or https");
      }
      headers = Map.copyOf(headers);
      headers.forEach(
          (name, value) -> {
            if (!TOKEN.matcher(name).matches() || !VALUE.matcher(value).matches()) {
              throw new IllegalArgumentException(
                  "a header has a name or a value that HTTP does not allow");
            }
          });
    }
  }

  record Response(int status, Map<String, List<String>> headers) {}

  /**
   * @param onSent run when there is a connection and the request is about to be written
   * @param onContent is given the answer's body, part by part
   * @return done when the answer has been read to its end; it fails if the connection does, and to
   *     cancel it ends the connection
   */
  CompletableFuture<Response> send(Request request, Runnable onSent, Consumer<byte[]> onContent);

  static EndpointClient create() {
    return new JettyEndpointClient();
  }

  /** Ends calls that are under way. */
  @Override
  void close();
}
