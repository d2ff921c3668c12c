package agentpost.ingest;

/** Proves who sent a request, over its raw bytes. Every implementation fails closed: it cannot be built without a secret. */
@FunctionalInterface
public interface SourceVerifier {
  SourceVerification verify(Received received);
}
