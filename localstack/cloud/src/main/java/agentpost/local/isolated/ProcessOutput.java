package agentpost.local.isolated;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/**
 * What a process writes, as the events that Lambda makes of it: lines, and what goes through AWS's
 * logger as it is, lines or not. That comes in frames (FramedTelemetryLogSink of AWS's Java
 * client): a type that no UTF-8 text begins with, a length, a time, the message.
 */
final class ProcessOutput {
  /** The descriptor that frames go to: a process has no other that leads here. */
  static final String FRAMES_TO = "2";

  private static final int FIRST_OF_FRAME = 0xa5;
  private static final int TIME = 8;
  private static final int MAX_LINE_BYTES = 1 << 20;

  private final DataInputStream in;
  private final Consumer<String> log;

  ProcessOutput(InputStream in, Consumer<String> log) {
    this.in = new DataInputStream(new BufferedInputStream(in));
    this.log = log;
  }

  /** Until the process has closed it, or has ended. */
  void read() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next == FIRST_OF_FRAME && line.size() == 0) {
          log.accept(frame());
        } else if (next == '\n' || line.size() == MAX_LINE_BYTES) {
          log.accept(line.toString(UTF_8));
          line.reset();
        } else {
          line.write(next);
        }
      }
    } catch (IOException e) {
      // The pipe closed under the reader: the process was ended from here.
      line.reset();
    }
    if (line.size() > 0) {
      log.accept(line.toString(UTF_8));
    }
  }

  private String frame() throws IOException {
    in.readNBytes(3);
    int length = in.readInt();
    if (length < 0 || length > MAX_LINE_BYTES) {
      throw new IOException("a frame of " + length + " bytes");
    }
    in.readNBytes(TIME);
    return new String(in.readNBytes(length), UTF_8).stripTrailing();
  }
}
