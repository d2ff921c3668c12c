package agentpost.local.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AwsChunkedTest {
  private static AwsChunked decoded(String wire) {
    return AwsChunked.decode(wire.getBytes(ISO_8859_1));
  }

  @Test
  void chunksAreJoinedAndTheirSignaturesPassedOver() {
    AwsChunked chunked =
        decoded(
            "5;chunk-signature=ab12\r\n"
                + "hello\r\n"
                + "A;chunk-signature=cd\r\n"
                + ", a\r\n"
                + "world\r\n"
                + "0;chunk-signature=ef\r\n\r\n");
    assertThat(new String(chunked.body(), UTF_8)).isEqualTo("hello, a\r\nworld");
    assertThat(chunked.trailers()).isEmpty();
  }

  @Test
  void trailersAreHeadersByTheirLowerCaseNames() {
    AwsChunked chunked =
        decoded(
            "1\r\nx\r\n0\r\nX-Amz-Checksum-Crc32: jNLDAA==\r\nx-amz-trailer-signature:ab\r\n\r\n");
    assertThat(chunked.trailers())
        .containsEntry("x-amz-checksum-crc32", "jNLDAA==")
        .containsEntry("x-amz-trailer-signature", "ab");
  }

  @Test
  void anEmptyBodyIsOneLastChunk() {
    assertThat(decoded("0\r\n\r\n").body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "5\r\nhel",
        "5\r\nhello",
        "5\r\nhello world\r\n0\r\n\r\n",
        "-1\r\n\r\n",
        "ffffffff\r\nx\r\n0\r\n\r\n",
        "x\r\n\r\n",
        "0\r\nno header\r\n\r\n"
      })
  void whatIsNotChunkedIsRefused(String wire) {
    assertThatThrownBy(() -> decoded(wire)).hasMessageContaining("The body is not in aws-chunked");
  }
}
