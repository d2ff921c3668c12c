package agentpost.local.frontdoor;

import java.time.Duration;

/**
 * What one client may ask of the front door, so that the others are not stalled.
 *
 * @param headBytes of a request's line and headers together; API Gateway takes 10 KB
 * @param head time for a whole head, from the connection's beginning or the answer before it,
 *     however it drips
 * @param connections that may wait for a request at a time; one more, and the one that has waited
 *     longest is closed
 * @param largestBody in bytes: a function's packed code goes through here, and more than any call
 *     of AWS's JSON and Query APIs takes
 * @param body time for a whole body, and for a whole answer to be read
 * @param mostInHand bytes of all the bodies that were read and not answered yet, and of all the
 *     answers that were not read yet
 */
public record FrontDoorLimits(
    int headBytes,
    Duration head,
    int connections,
    int largestBody,
    Duration body,
    long mostInHand) {
  public static final FrontDoorLimits DEFAULT =
      new FrontDoorLimits(
          16 * 1024, Duration.ofSeconds(30), 1000, 64 << 20, Duration.ofSeconds(60), 96L << 20);
}
