package agentpost.catalog;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** How a signature's bytes are written in a header. */
public enum SignatureEncoding {
  HEX {
    @Override
    byte[] bytes(String text) {
      return HexFormat.of().parseHex(text);
    }

    @Override
    public String write(byte[] signature) {
      return HexFormat.of().formatHex(signature);
    }
  },
  BASE64 {
    @Override
    byte[] bytes(String text) {
      return Base64.getDecoder().decode(text);
    }

    @Override
    public String write(byte[] signature) {
      return Base64.getEncoder().encodeToString(signature);
    }
  };

  abstract byte[] bytes(String text);

  public abstract String write(byte[] signature);

  /** A signature of exactly this many bytes, or nothing. */
  public Optional<byte[]> read(String text, int length) {
    // Hex takes two characters a byte and base64 fewer: what is longer is not decoded at all.
    if (text.length() > 2 * length) {
      return Optional.empty();
    }
    try {
      return Optional.of(bytes(text)).filter(bytes -> bytes.length == length);
    } catch (IllegalArgumentException _) {
      // Neither decoder has another way to say that the text is not one of theirs.
      return Optional.empty();
    }
  }
}
