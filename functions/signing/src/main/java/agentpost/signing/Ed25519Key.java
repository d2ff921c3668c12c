package agentpost.signing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * An Ed25519 key (RFC 8032) as Standard Webhooks 1.0.0 writes it: {@code whsk_} and base64 of the
 * 32 bytes that the pair is made from, or of these and the 32 of the public key; or {@code whpk_}
 * and base64 of the public key alone, which verifies and cannot sign.
 */
public final class Ed25519Key extends SigningKey {
  public static final String SECRET_PREFIX = "whsk_";
  public static final String PUBLIC_PREFIX = "whpk_";
  private static final String ALGORITHM = "Ed25519";
  private static final String PART = Ed25519Scheme.VERSION + ",";
  private static final int BYTES = 32;

  /** What a sender has at most: two of each of two secrets that pairs are derived from. */
  private static final int MAX_SIGNATURES = 4;

  /** What stands before the 32 bytes of a public key in X.509 (RFC 8410). */
  private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

  /** Not UTF-8, so that no body and no other text is it. */
  private static final byte[] SEED_LABEL = "\u00ffagentpost ed25519 seed".getBytes(ISO_8859_1);

  private static final byte[] OLDER_SEED_LABEL = "agentpost ed25519 seed".getBytes(UTF_8);

  private final Optional<PrivateKey> secret;
  private final byte[] seed;
  private final byte[] raw;
  private final PublicKey verifying;
  private final Optional<Ed25519Key> older;

  private Ed25519Key(
      Optional<PrivateKey> secret, byte[] seed, byte[] raw, Optional<Ed25519Key> older)
      throws GeneralSecurityException {
    this.secret = secret;
    this.seed = seed;
    this.raw = raw;
    this.older = older;
    if (!Ed25519Point.isOfLargeOrder(raw)) {
      throw new InvalidKeyException("not the encoding of a point of large order");
    }
    byte[] encoded = Arrays.copyOf(X509, X509.length + BYTES);
    System.arraycopy(raw, 0, encoded, X509.length, BYTES);
    this.verifying =
        KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
    // Says now whether it is a point of the curve.
    Signature.getInstance(ALGORITHM).initVerify(verifying);
  }

  public static boolean isOne(String text) {
    return text.startsWith(SECRET_PREFIX) || text.startsWith(PUBLIC_PREFIX);
  }

  /**
   * Reads {@code whsk_…} or {@code whpk_…}; white space around it is no part of it.
   *
   * @throws IllegalArgumentException naming the shape that is wrong, never the text
   */
  public static Ed25519Key of(String text) {
    String stripped = SecretText.ofStandardKey(text);
    if (!isOne(stripped)) {
      throw new IllegalArgumentException(
          "An Ed25519 key begins with whsk_ or, the public one, whpk_");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(stripped.substring(SECRET_PREFIX.length()));
    } catch (IllegalArgumentException e) {
      // The cause's message quotes the character that is wrong, so it is left out.
      throw new IllegalArgumentException(
          "An Ed25519 key is whsk_ or whpk_ and base64; this one of "
              + stripped.length()
              + " characters is not base64");
    }
    boolean isPublic = stripped.startsWith(PUBLIC_PREFIX);
    if (bytes.length != BYTES && (isPublic || bytes.length != 2 * BYTES)) {
      throw new IllegalArgumentException(
          "An Ed25519 key is base64 of 32 bytes, a secret one with its public one of 64; this one"
              + " has "
              + bytes.length
              + " bytes");
    }
    if (isPublic) {
      return ofPublic(bytes);
    }
    Ed25519Key key = ofSeed(Arrays.copyOf(bytes, BYTES));
    if (bytes.length == 2 * BYTES
        && !MessageDigest.isEqual(key.raw, Arrays.copyOfRange(bytes, BYTES, 2 * BYTES))) {
      throw new IllegalArgumentException(
          "The second half of this Ed25519 key is not the public key of its first");
    }
    return key;
  }

  /** A new pair. */
  public static Ed25519Key generate(SecureRandom random) {
    byte[] seed = new byte[BYTES];
    random.nextBytes(seed);
    return ofSeed(seed);
  }

  /**
   * The pair of a secret that CloudFormation generated, which knows letters and digits only, or
   * that was shared before, by HKDF-SHA256 (RFC 5869) of the secret's text. One way: the pair tells
   * nothing of the secret, and nothing that is signed with the secret tells of the pair. The pair
   * that was derived before, whose seed was the plain scheme's signature of a certain body, signs
   * and verifies too: receivers have its public key until a rotation replaces the secret.
   */
  public static Ed25519Key derive(WebhookSecret from) {
    try {
      byte[] seed =
          KDF.getInstance("HKDF-SHA256")
              .deriveData(
                  HKDFParameterSpec.ofExtract()
                      .addIKM(from.plainKey())
                      .thenExpand(SEED_LABEL, BYTES));
      return ofSeed(seed, Optional.of(ofSeed(Hmac.sha256(from.plainKey(), OLDER_SEED_LABEL))));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform from 25 on has HKDF-SHA256", e);
    }
  }

  private static Ed25519Key ofSeed(byte[] seed) {
    return ofSeed(seed, Optional.empty());
  }

  private static Ed25519Key ofSeed(byte[] seed, Optional<Ed25519Key> older) {
    try {
      PrivateKey secret =
          KeyFactory.getInstance(ALGORITHM)
              .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
      byte[] encoded = pair(seed).getEncoded();
      return new Ed25519Key(
          Optional.of(secret),
          seed,
          Arrays.copyOfRange(encoded, encoded.length - BYTES, encoded.length),
          older);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform from 15 on has " + ALGORITHM, e);
    }
  }

  /**
   * The JDK tells the public key of a pair only when it makes the pair, of 32 bytes that it draws:
   * it is given ours.
   */
  private static PublicKey pair(byte[] seed) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
    generator.initialize(NamedParameterSpec.ED25519, new GeneratedKey(seed));
    return generator.generateKeyPair().getPublic();
  }

  private static final class GeneratedKey extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final byte[] bytes;

    GeneratedKey(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void nextBytes(byte[] into) {
      System.arraycopy(bytes, 0, into, 0, into.length);
    }
  }

  private static Ed25519Key ofPublic(byte[] raw) {
    try {
      return new Ed25519Key(Optional.empty(), new byte[0], raw, Optional.empty());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform from 15 on has " + ALGORITHM, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("The 32 bytes of this whpk_ are no public key");
    }
  }

  @Override
  public boolean canSign() {
    return secret.isPresent();
  }

  /** {@code whsk_…}. */
  @Override
  public String secretText() {
    if (secret.isEmpty()) {
      throw new IllegalStateException("This key is a public one");
    }
    return SECRET_PREFIX + Base64.getEncoder().encodeToString(seed);
  }

  /** {@code whpk_…}, for anyone. */
  public String publicText() {
    return PUBLIC_PREFIX + Base64.getEncoder().encodeToString(raw);
  }

  /** The public key's 32 bytes. */
  public byte[] publicBytes() {
    return raw.clone();
  }

  @Override
  public Optional<PublicHalf> publicHalf() {
    // RFC 8037, section 2.
    SequencedMap<String, String> jwk = new LinkedHashMap<>();
    jwk.put("kty", "OKP");
    jwk.put("crv", ALGORITHM);
    jwk.put("x", Base64.getUrlEncoder().withoutPadding().encodeToString(raw));
    return Optional.of(new PublicHalf(publicText(), "EdDSA", jwk));
  }

  @Override
  protected String version() {
    return Ed25519Scheme.VERSION;
  }

  @Override
  protected int maxSignatures() {
    return MAX_SIGNATURES;
  }

  @Override
  protected String sign(byte[] before, byte[] body) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(
          secret.orElseThrow(
              () ->
                  new IllegalStateException(
                      "A whpk_ is a public key; it verifies, and signs nothing")));
      signature.update(before);
      signature.update(body);
      String own = PART + Base64.getEncoder().encodeToString(signature.sign());
      return older.map(key -> own + ' ' + key.sign(before, body)).orElse(own);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("An Ed25519 key that was read signs anything", e);
    }
  }

  @Override
  protected Predicate<String> matcher(byte[] before, byte[] body) {
    return part ->
        part.startsWith(PART)
            && (verify(part.substring(PART.length()), before, body)
                || older
                    .filter(key -> key.verify(part.substring(PART.length()), before, body))
                    .isPresent());
  }

  /** Nothing here is secret, so the time that it takes tells nothing. */
  private boolean verify(String base64, byte[] before, byte[] body) {
    try {
      byte[] given = Base64.getDecoder().decode(base64);
      if (given.length != 2 * BYTES || !Ed25519Point.isOfLargeOrder(Arrays.copyOf(given, BYTES))) {
        return false;
      }
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(verifying);
      signature.update(before);
      signature.update(body);
      return signature.verify(given);
    } catch (SignatureException | IllegalArgumentException e) {
      // Not 64 bytes, not a point of the curve, not base64: nothing that a key signs.
      return false;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("A key that was read verifies anything", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ed25519Key key
        && Arrays.equals(raw, key.raw)
        && canSign() == key.canSign();
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(raw);
  }

  @Override
  public String toString() {
    return "Ed25519Key(" + publicText() + (canSign() ? ", can sign)" : ")");
  }
}
