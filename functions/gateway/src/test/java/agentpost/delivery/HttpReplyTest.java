package agentpost.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpReplyTest {
  private static HttpReply read(String answer, int most) throws IOException {
    return HttpReply.read(new ByteArrayInputStream(answer.getBytes(ISO_8859_1)), most);
  }

  private static String body(String answer, int most) throws IOException {
    return new String(read(answer, most).body(), ISO_8859_1);
  }

  @Test
  void aBodyHasTheLengthThatTheHeadSays() throws IOException {
    assertEquals("hell", body("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhello", 100));
  }

  @Test
  void withoutALengthItGoesOnToTheEnd() throws IOException {
    assertEquals("hello", body("HTTP/1.0 200 OK\r\n\r\nhello", 100));
  }

  @Test
  void chunksAreJoinedAndTheirExtensionsDropped() throws IOException {
    assertEquals(
        "hello world",
        body(
            "HTTP/1.1 200 OK\r\n"
                + "Transfer-Encoding: Chunked\r\n"
                + "Content-Length: 3\r\n\r\n"
                + "5;a=b\r\n"
                + "hello\r\n"
                + "6\r\n"
                + " world\r\n"
                + "0\r\n"
                + "Trailer: x\r\n\r\n",
            100));
  }

  @Test
  void whatIsBeyondTheMostThatIsKeptIsNotRead() throws IOException {
    assertEquals("hel", body("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhello", 3));
    assertEquals(
        "hel", body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nhello", 3));
    assertEquals("", body("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 0));
  }

  @Test
  void noContentHasNone() throws IOException {
    assertEquals("", body("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 100));
  }

  @Test
  void headersAreFoundWhateverTheirCase() throws IOException {
    assertEquals(
        "7",
        read("HTTP/1.1 103 Early\r\nX: y\r\n\r\nHTTP/1.1 503 Busy\r\nRETRY-AFTER:  7 \r\n\r\n", 0)
            .header("retry-after")
            .orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: y"
      })
  void whatIsNoWholeAnswerIsNone(String answer) {
    assertThrows(IOException.class, () -> read(answer, 100), answer);
  }

  @Test
  void aHeadThatDoesNotEndIsNotReadToItsEnd() {
    assertThrows(
        IOException.class, () -> read("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(10_000), 100));
    assertThrows(
        IOException.class,
        () ->
            read(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;"
                    + "x".repeat(10_000)
                    + "\r\nhello\r\n0\r\n\r\n",
                100));
  }
}
