package agentpost.ingest;

import agentpost.catalog.HmacAlgorithm;
import agentpost.catalog.SignatureEncoding;
import agentpost.signing.Verifier;
import java.util.ArrayList;
import java.util.List;

/**
 * What one header says of signatures: one of them, or several while a secret is changed, with
 * commas, semicolons or white space between. Goes over the header once, whatever is in it.
 */
final class SignatureList {
  private SignatureList() {}

  /** What came of reading it. */
  sealed interface Parsed {
    /**
     * @param signatures without those that are of another form; perhaps none
     */
    record Read(List<byte[]> signatures) implements Parsed {}

    record TooLarge(String why) implements Parsed {}
  }

  /**
   * @param prefix of each signature, perhaps empty; what does not begin so is none
   */
  static Parsed parse(
      String header, String prefix, SignatureEncoding encoding, HmacAlgorithm algorithm) {
    if (header.length() > Verifier.MAX_HEADER_LENGTH) {
      return new Parsed.TooLarge("has more than " + Verifier.MAX_HEADER_LENGTH + " characters");
    }
    List<byte[]> signatures = new ArrayList<>();
    int elements = 0;
    int at = 0;
    while (at < header.length()) {
      if (isBetween(header.charAt(at))) {
        at++;
        continue;
      }
      elements++;
      if (elements > Verifier.MAX_SIGNATURES) {
        return new Parsed.TooLarge("has more than " + Verifier.MAX_SIGNATURES + " elements");
      }
      // A prefix may have a space or a comma in it, as in Authorization: HMAC <signature>.
      boolean isOne = header.startsWith(prefix, at);
      int from = isOne ? at + prefix.length() : at;
      int to = from;
      while (to < header.length() && !isBetween(header.charAt(to))) {
        to++;
      }
      if (isOne) {
        encoding.read(header.substring(from, to), algorithm.bytes()).ifPresent(signatures::add);
      }
      at = to;
    }
    return new Parsed.Read(signatures);
  }

  private static boolean isBetween(char c) {
    return c == ',' || c == ';' || c == ' ' || c == '\t';
  }
}
