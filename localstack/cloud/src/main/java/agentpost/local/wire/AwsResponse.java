package agentpost.local.wire;

import java.util.Map;

/**
 * A service's answer.
 *
 * @param headers as they go on the wire, {@code Content-Type} among them; the gateway adds {@code
 *     x-amzn-RequestId}
 */
public record AwsResponse(int status, Map<String, String> headers, byte[] body) {}
