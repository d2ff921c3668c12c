package agentpost.signing;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Set;

/**
 * Which encodings of points are taken. With a key, or an R, of low order one signature fits many
 * messages, and the JDK takes them: "Taming the many EdDSAs" (eprint 2020/1244), cases 0 to 2.
 */
final class Ed25519Point {
  private static final BigInteger PRIME = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

  /** The y of every point whose order divides 8, the cofactor. */
  private static final Set<BigInteger> LOW_ORDER =
      Set.of(
          BigInteger.ZERO,
          BigInteger.ONE,
          PRIME.subtract(BigInteger.ONE),
          y(
              HexFormat.of()
                  .parseHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
          y(
              HexFormat.of()
                  .parseHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")));

  private Ed25519Point() {}

  /**
   * Whether 32 bytes are a point's one encoding, its y below the prime (RFC 8032, 5.1.3), and the
   * point's order is not a small one.
   */
  static boolean isOfLargeOrder(byte[] encoded) {
    BigInteger y = y(encoded);
    return y.compareTo(PRIME) < 0 && !LOW_ORDER.contains(y);
  }

  /** Little-endian, without the highest bit, which is x's sign. */
  private static BigInteger y(byte[] encoded) {
    byte[] bytes = new byte[encoded.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = encoded[bytes.length - 1 - i];
    }
    bytes[0] &= 0x7f;
    return new BigInteger(1, bytes);
  }
}
