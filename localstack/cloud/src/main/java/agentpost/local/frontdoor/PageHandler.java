package agentpost.local.frontdoor;

import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * Serves what is below {@code /_agentpost/} and no page of the cloud's own. Its requests have
 * passed the front door, and none is a function's.
 */
@FunctionalInterface
public interface PageHandler {
  Page answer(AwsRequest request);

  /** An answer that is whole, or one that is written as long as its reader stays. */
  sealed interface Page {
    record Whole(AwsResponse response) implements Page {}

    /**
     * @param headers {@code Content-Type} among them; the status is 200
     */
    record Stream(Map<String, String> headers, Writer writer) implements Page {}
  }

  /** Writes a stream to its end, on a thread of its own. */
  @FunctionalInterface
  interface Writer {
    /**
     * @throws IOException if the reader is gone
     */
    void write(OutputStream out) throws IOException, InterruptedException;
  }
}
