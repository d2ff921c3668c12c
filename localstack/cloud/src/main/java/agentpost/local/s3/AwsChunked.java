package agentpost.local.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import agentpost.local.wire.AwsException;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A body in {@code aws-chunked}: chunks of a size in hexadecimal, perhaps with a signature, and
 * behind the last one headers such as a checksum (S3 API reference, "Signature calculations:
 * transferring a payload in multiple chunks"). Signatures are not looked at.
 *
 * @param trailers by lower-case name
 */
record AwsChunked(byte[] body, Map<String, String> trailers) {
  static AwsChunked decode(byte[] wire) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(wire.length);
    Reader reader = new Reader(wire);
    for (int size = size(reader.line()); size > 0; size = size(reader.line())) {
      body.write(wire, reader.skip(size), size);
      if (!reader.line().isEmpty()) {
        throw malformedBody("a chunk is longer than it says");
      }
    }
    Map<String, String> trailers = new LinkedHashMap<>();
    while (!reader.isAtEnd()) {
      String line = reader.line();
      int colon = line.indexOf(':');
      if (colon > 0) {
        trailers.put(
            line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
            line.substring(colon + 1).strip());
      } else if (!line.isEmpty()) {
        throw malformedBody("a trailer is not a header");
      }
    }
    return new AwsChunked(body.toByteArray(), trailers);
  }

  private static int size(String line) {
    int end = line.indexOf(';');
    try {
      return Integer.parseUnsignedInt(end < 0 ? line : line.substring(0, end), 16);
    } catch (NumberFormatException e) {
      throw malformedBody("a chunk does not begin with its size");
    }
  }

  private static AwsException malformedBody(String why) {
    return AwsException.badRequest("IncompleteBody", "The body is not in aws-chunked: " + why);
  }

  private static final class Reader {
    private final byte[] wire;
    private int at;

    Reader(byte[] wire) {
      this.wire = wire;
    }

    boolean isAtEnd() {
      return at >= wire.length;
    }

    String line() {
      for (int end = at; end + 1 < wire.length; end++) {
        if (wire[end] == '\r' && wire[end + 1] == '\n') {
          String line = new String(wire, at, end - at, ISO_8859_1);
          at = end + 2;
          return line;
        }
      }
      throw malformedBody("it ends within a line");
    }

    /** Where these bytes begin. */
    int skip(int size) {
      if (size < 0 || size > wire.length - at) {
        throw malformedBody("it ends within a chunk");
      }
      int from = at;
      at += size;
      return from;
    }
  }
}
