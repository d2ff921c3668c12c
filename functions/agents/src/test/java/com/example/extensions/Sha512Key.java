package com.example.extensions;

import static java.nio.charset.StandardCharsets.US_ASCII;

import agentpost.signing.SigningKey;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

final class Sha512Key extends SigningKey {
  static final String VERSION = "v512";
  private final byte[] key;

  Sha512Key(byte[] key) {
    this.key = key;
  }

  @Override
  protected String version() {
    return VERSION;
  }

  @Override
  protected String sign(byte[] before, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA512");
      mac.init(new SecretKeySpec(key, "HmacSHA512"));
      mac.update(before);
      return VERSION + ',' + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HmacSHA512", e);
    }
  }

  @Override
  protected Predicate<String> matcher(byte[] before, byte[] body) {
    byte[] expected = sign(before, body).getBytes(US_ASCII);
    return part -> MessageDigest.isEqual(expected, part.getBytes(US_ASCII));
  }

  @Override
  public String secretText() {
    return Sha512Scheme.PREFIX + HexFormat.of().formatHex(key);
  }
}
