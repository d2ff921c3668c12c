package agentpost.local.eventbridge.targets;

import java.net.http.HttpRequest;

/**
 * EventBridge sends {@code Connection} and names the declared {@code Host}; the JDK's HTTP client
 * lets a program set these only if a system property says so before the client is first used in the
 * JVM.
 */
public final class RestrictedHeaders {
  private static final String ALLOWED = "jdk.httpclient.allowRestrictedHeaders";

  /**
   * In seconds. The gateway closes what waits for 30 s; a client that keeps its connections as long
   * would now and then use one that is just being closed.
   */
  private static final String KEEPALIVE_TIMEOUT = "jdk.httpclient.keepalive.timeout";

  private RestrictedHeaders() {}

  /**
   * To be called before anything else uses {@code java.net.http}. A property that is set already
   * stays.
   */
  public static void allow() {
    System.getProperties().putIfAbsent(ALLOWED, "connection,host");
    System.getProperties().putIfAbsent(KEEPALIVE_TIMEOUT, "20");
  }

  /**
   * Sets it where the JVM allows it; elsewhere the client's own stands, and no delivery fails for
   * it.
   */
  static void setIfAllowed(HttpRequest.Builder request, String name, String value) {
    if (Allowed.YES) {
      request.setHeader(name, value);
    }
  }

  private static final class Allowed {
    static final boolean YES = isAllowed();

    private static boolean isAllowed() {
      try {
        HttpRequest.newBuilder().setHeader("Connection", "close").setHeader("Host", "localhost");
        return true;
      } catch (IllegalArgumentException e) {
        return false;
      }
    }
  }
}
