package agentpost.cli.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A language that receivers are written in, with the documents' own example of how to verify. */
enum Receiver {
  PYTHON("Python", "verify.py"),
  NODE("JavaScript (Node.js)", "verify.mjs"),
  GO("Go", "verify.go"),
  JAVA("Java", "Verify.java");

  private final String language;
  private final String file;

  Receiver(String language, String file) {
    this.language = language;
    this.file = file;
  }

  String language() {
    return language;
  }

  String file() {
    return file;
  }

  String program() {
    return resource("receivers/" + file);
  }

  /** A file beside this class. */
  static String resource(String name) {
    try (InputStream in = Receiver.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("There is no " + name + " beside " + Receiver.class);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name, e);
    }
  }
}
