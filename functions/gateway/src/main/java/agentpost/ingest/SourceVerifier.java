package agentpost.ingest;

/**
 * Proves who sent a request, over its raw bytes. Every implementation fails closed: it cannot be
 * built without a secret.
 */
@FunctionalInterface
public interface SourceVerifier {
  /**
   * Costs a stranger no more than an HMAC of the body for each key, whatever the request has in it.
   */
  SourceVerification verify(SignedRequest received);

  /**
   * What a signature that held is over, times aside: the same when the sender sends the same again,
   * and nobody else can make it another without breaking the signature.
   */
  default byte[] signedContent(SignedRequest received) {
    return received.body();
  }
}
