package agentpost.delivery;

import static agentpost.hostile.FuzzInputs.assertReadsWithoutGoingBack;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.address.AddressRules;
import agentpost.address.Ranges;
import agentpost.hostile.FuzzInputs;
import agentpost.http.HttpPost;
import agentpost.platform.Network;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class HostileUrlTest {
  private static final InetAddress PUBLIC = InetAddress.ofLiteral("93.184.216.34");

  /** Every name has a public address, and every address answers with these bytes. */
  private record Answering(byte[] answer) implements Network {
    @Override
    public List<InetAddress> resolve(String host) {
      return List.of(PUBLIC);
    }

    @Override
    public Socket connect(String host, InetAddress address, int port, Duration within) {
      return new Socket() {
        @Override
        public OutputStream getOutputStream() {
          return new ByteArrayOutputStream();
        }

        @Override
        public InputStream getInputStream() {
          return new ByteArrayInputStream(answer);
        }
      };
    }
  }

  private static final AddressGuard GUARD =
      new AddressGuard(new Answering(new byte[0]), Set.of(443));

  @Provide
  Arbitrary<String> urls() {
    Arbitrary<String> label =
        Arbitraries.of(
            "localhost",
            "127.0.0.1",
            "[::1]",
            "[::ffff:7f00:1]",
            "0x7f.1",
            "2130706433",
            "a.example",
            "xn--",
            "xn--a",
            "xn--999999999",
            "xn--80ak6aa92e",
            "1.2.3.4.",
            "1.2.3",
            "256.1.1.1",
            "a",
            "-a.example",
            "a-.example",
            "[fe80::1%25eth0]",
            "[v1.a]",
            "[]",
            "%31.example",
            "");
    Arbitrary<String> host =
        Arbitraries.oneOf(
            label,
            label.list().ofMaxSize(4).map(list -> String.join(".", list)),
            FuzzInputs.texts());
    Arbitrary<String> scheme =
        Arbitraries.of(
            "https://",
            "https://",
            "https://",
            "HTTPS://",
            "http://",
            "https:",
            "https:/",
            "//",
            "javascript:");
    Arbitrary<String> rest =
        Arbitraries.oneOf(
            Arbitraries.of(
                "",
                ":443",
                ":443/",
                ":80",
                ":",
                ":99999999999",
                "/a?b#c",
                "?a=%0d%0aHost:%20a",
                "\r\nHost: a",
                "/\u2028"),
            FuzzInputs.texts());
    return Combinators.combine(scheme, host, rest).as((a, b, c) -> a + b + c);
  }

  @Property
  void everyUrlIsAllowedOrRefusedForAReasonThatDoesNotQuoteIt(@ForAll("urls") String url) {
    switch (GUARD.check(url)) {
      case AddressGuard.Verdict.Allowed(var uri, var host, int port, var addresses) -> {
        assertThat(uri.getScheme()).isEqualToIgnoringCase("https");
        assertThat(host).matches("[a-z0-9.:-]+").isNotEqualTo("localhost");
        assertThat(port).isEqualTo(443);
        assertThat(addresses)
            .isNotEmpty()
            .allSatisfy(
                address -> assertThat(new AddressRules(Ranges.NONE).refusal(address)).isEmpty());
        assertThat(uri.toString().chars()).allMatch(c -> c > ' ' && c < 0x7f);
      }
      case AddressGuard.Verdict.Refused(var why) -> assertThat(why.length()).isLessThan(120);
      case AddressGuard.Verdict.Unresolved(var why) -> assertThat(why.length()).isLessThan(120);
    }
  }

  @Property
  void everyAnswerIsOneOrIsNone(
      @ForAll(supplier = FuzzInputs.Texts.class) String head,
      @ForAll(supplier = FuzzInputs.Bodies.class) byte[] body) {
    for (String begin :
        List.of(
            "",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 503 \r\nRetry-After: ",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 ")) {
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      answer.writeBytes(
          (begin + head + "\r\n\r\n").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
      answer.writeBytes(body);
      Network network = new Answering(answer.toByteArray());
      HttpPost.Answer sent =
          new GuardedPost(new AddressGuard(network, Set.of(443)), network, Clock.systemUTC())
              .post("https://a.example/", Map.of(), new byte[0], Duration.ofSeconds(5));
      assertThat(sent)
          .isInstanceOfAny(HttpPost.Answer.Answered.class, HttpPost.Answer.Unreachable.class);
    }
  }

  @Test
  void urlsAreReadWithoutGoingBack() {
    assertReadsWithoutGoingBack("", "", GUARD::check);
    assertReadsWithoutGoingBack("https://", "", GUARD::check);
    assertReadsWithoutGoingBack("https://a.example/", "", GUARD::check);
  }

  @Test
  void anAnswerWithoutEndIsNotReadToIt() {
    for (String forever :
        List.of("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nX: ", "X: a\r\n")) {
      Network network =
          new Answering(
              forever.repeat(200_000).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
      HttpPost.Answer sent =
          new GuardedPost(new AddressGuard(network, Set.of(443)), network, Clock.systemUTC())
              .post("https://a.example/", Map.of(), new byte[0], Duration.ofSeconds(5));
      assertThat(sent).isInstanceOf(HttpPost.Answer.Unreachable.class);
    }
  }
}
