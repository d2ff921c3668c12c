package agentpost.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer of HTTP/1.1 (RFC 9112) to a request whose connection ends with it.
 *
 * @param headers by lower-case name; of one that is repeated, all values joined by commas (RFC
 *     9110, 5.3)
 * @param body its first bytes; of a refusal as many as came, since its status is what counts
 */
record HttpReply(int status, Map<String, String> headers, byte[] body) {
  private static final int MAX_HEAD_BYTES = 32 * 1024;
  private static final int MAX_CHUNK_LINE_BYTES = 1024;

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
  private static final Pattern CONTENT_LENGTH_FORM = Pattern.compile("[0-9]{1,18}");
  private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,8})[ \t]*(;.*)?");

  HttpReply {
    headers = Map.copyOf(headers);
  }

  Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }

  /**
   * Reads no further than it has to.
   *
   * @param most of the body that is kept; 0 if it is of no interest
   * @throws ProtocolException if it is not HTTP/1.1, in words for a log
   */
  static HttpReply read(InputStream in, int most) throws IOException {
    int[] left = {MAX_HEAD_BYTES};
    while (true) {
      Matcher status = STATUS.matcher(line(in, left));
      if (!status.matches()) {
        throw new ProtocolException("its answer is not HTTP/1.1");
      }
      Map<String, String> headers = new HashMap<>();
      for (String header = line(in, left); !header.isEmpty(); header = line(in, left)) {
        List<String> parts = List.of(header.split(":", 2));
        headers.merge(
            parts.getFirst().strip().toLowerCase(Locale.ROOT),
            parts.getLast().strip(),
            (one, other) -> one + ", " + other);
      }
      int code = Integer.parseInt(status.group(1));
      // What comes before is interim (RFC 9110, 15.2).
      if (code >= 200) {
        return new HttpReply(
            code,
            headers,
            code == 204 || code == 304 || most == 0 ? new byte[0] : body(in, code, headers, most));
      }
    }
  }

  private static byte[] body(InputStream in, int status, Map<String, String> headers, int most)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      read(in, headers, most, body);
    } catch (IOException e) {
      // Whoever hangs up on a request that it has not read to its end cuts its own answer short
      // (RFC 9112, 9.6).
      if (status < 400) {
        throw e;
      }
    }
    return body.toByteArray();
  }

  private static void read(
      InputStream in, Map<String, String> headers, int most, ByteArrayOutputStream body)
      throws IOException {
    if (headers.containsKey("transfer-encoding")) {
      if (!headers.get("transfer-encoding").equalsIgnoreCase("chunked")) {
        throw new ProtocolException("its answer has a transfer coding that was not asked for");
      }
      chunks(in, most, body);
    } else if (!headers.containsKey("content-length")) {
      copy(in, most, body);
    } else if (CONTENT_LENGTH_FORM.matcher(headers.get("content-length")).matches()) {
      readExactly(in, Math.min(most, Long.parseLong(headers.get("content-length"))), body);
    } else {
      throw new ProtocolException("its answer has no length that is a number");
    }
  }

  private static void readExactly(InputStream in, long length, ByteArrayOutputStream body)
      throws IOException {
    if (copy(in, length, body) < length) {
      throw new EOFException("The answer's body ends early");
    }
  }

  /** What there is, up to that many bytes; what came before a failure is there. */
  private static long copy(InputStream in, long most, ByteArrayOutputStream body)
      throws IOException {
    byte[] piece = new byte[8192];
    long copied = 0;
    while (copied < most) {
      int count = in.read(piece, 0, (int) Math.min(piece.length, most - copied));
      if (count < 0) {
        break;
      }
      body.write(piece, 0, count);
      copied += count;
    }
    return copied;
  }

  private static void chunks(InputStream in, int most, ByteArrayOutputStream body)
      throws IOException {
    while (body.size() < most) {
      Matcher chunk = CHUNK.matcher(line(in, new int[] {MAX_CHUNK_LINE_BYTES}));
      if (!chunk.matches()) {
        throw new ProtocolException("its answer has no chunks where it says so");
      }
      long length = Long.parseLong(chunk.group(1), 16);
      if (length == 0) {
        break;
      }
      readExactly(in, Math.min(length, most - body.size()), body);
      if (body.size() < most) {
        line(in, new int[] {MAX_CHUNK_LINE_BYTES});
      }
    }
  }

  private static String line(InputStream in, int[] left) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || left[0]-- <= 0) {
        throw new EOFException(
            "The answer ends early, or a part of it that has to be short is not");
      }
      line.write(next);
    }
    return line.toString(ISO_8859_1).strip();
  }
}
