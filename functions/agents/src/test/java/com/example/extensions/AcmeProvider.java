package com.example.extensions;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AnswerSettings;
import agentpost.catalog.HmacAlgorithm;
import agentpost.catalog.HmacFormat;
import agentpost.catalog.SignatureEncoding;
import agentpost.catalog.SignedText;
import agentpost.ingest.HmacVerifier;
import agentpost.ingest.Provider;
import agentpost.ingest.ReplyPolicy;
import agentpost.ingest.SourceSecrets;
import agentpost.ingest.SourceVerifier;
import agentpost.ingest.TimestampPolicy;
import agentpost.signing.Hmac;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A third party that signs in a header of its own and wants no body back. */
public final class AcmeProvider implements Provider {
  static final String HEADER = "X-Acme-Seal";

  @Override
  public String name() {
    return "acme";
  }

  @Override
  public SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness) {
    return new HmacVerifier(
        new HmacFormat(
            HEADER,
            "",
            SignatureEncoding.HEX,
            HmacAlgorithm.SHA256,
            SignedText.of("acme:{body}"),
            Optional.empty()),
        new SourceSecrets(secrets),
        freshness);
  }

  @Override
  public ReplyPolicy usualReply() {
    return new ReplyPolicy(204, AnswerSettings.Body.EMPTY);
  }

  static String seal(String secret, String body) {
    return HexFormat.of()
        .formatHex(Hmac.sha256(secret.getBytes(UTF_8), ("acme:" + body).getBytes(UTF_8)));
  }
}
