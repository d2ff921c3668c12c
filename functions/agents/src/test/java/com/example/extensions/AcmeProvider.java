package com.example.extensions;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AnswerSettings;
import agentpost.catalog.HmacAlgorithm;
import agentpost.catalog.SignatureEncoding;
import agentpost.catalog.TimestampUnit;
import agentpost.ingest.Provider;
import agentpost.ingest.ReplyPolicy;
import agentpost.ingest.SignedRequest;
import agentpost.ingest.SourceSecrets;
import agentpost.ingest.SourceVerification;
import agentpost.ingest.SourceVerifier;
import agentpost.ingest.TimestampPolicy;
import agentpost.signing.Hmac;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A third party that signs time and body in headers of its own and wants no body back. */
public final class AcmeProvider implements Provider {
  static final String HEADER = "X-Acme-Seal";
  static final String TIME = "X-Acme-Time";

  @Override
  public String name() {
    return "acme";
  }

  @Override
  public SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness) {
    SourceSecrets keys = new SourceSecrets(secrets);
    return request -> verify(request, keys, freshness);
  }

  private static SourceVerification verify(
      SignedRequest request, SourceSecrets keys, TimestampPolicy freshness) {
    if (!request.has(HEADER) || !request.has(TIME)) {
      return new SourceVerification.Unsigned("there must be " + HEADER + " and " + TIME);
    }
    String time = request.header(TIME).orElse("");
    Optional<SourceVerification> objection = freshness.objection(TIME, time, TimestampUnit.SECONDS);
    if (objection.isPresent()) {
      return objection.get();
    }
    HmacAlgorithm sha256 = HmacAlgorithm.SHA256;
    Optional<byte[]> seal =
        request.header(HEADER).flatMap(text -> SignatureEncoding.HEX.read(text, sha256.bytes()));
    if (seal.isEmpty()) {
      return new SourceVerification.Malformed(HEADER + " must be 32 bytes in hex");
    }
    return keys.matchesAny(
            sha256, List.of(seal.get()), (time + ".").getBytes(UTF_8), request.body())
        ? new SourceVerification.Accepted(Optional.empty())
        : new SourceVerification.BadSignature();
  }

  @Override
  public ReplyPolicy usualReply() {
    return new ReplyPolicy(204, AnswerSettings.Body.EMPTY);
  }

  static String seal(String secret, String time, String body) {
    return HexFormat.of()
        .formatHex(Hmac.sha256(secret.getBytes(UTF_8), (time + "." + body).getBytes(UTF_8)));
  }
}
