package agentpost.local.wire;

/**
 * One AWS service, whatever its protocol. It answers errors itself, in that protocol's shape; what
 * it throws becomes a 500.
 */
public interface AwsService {
  AwsResponse handle(AwsRequest request);
}
