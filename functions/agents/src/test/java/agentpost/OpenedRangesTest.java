package agentpost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.address.Ranges;
import agentpost.delivery.AddressGuard;
import agentpost.delivery.AddressGuard.Verdict;
import agentpost.http.Response;
import agentpost.platform.AwsClients;
import agentpost.platform.Network;
import agentpost.platform.Platform;
import agentpost.testing.FakeHttp;
import agentpost.testing.FakeNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;

/** What who deploys can open, and that there is nothing else to open the guard with. */
class OpenedRangesTest {
  private static final List<String> NEVER =
      List.of(
          "127.0.0.1",
          "169.254.169.254",
          "169.254.170.2",
          "168.63.129.16",
          "100.100.100.200",
          "0.0.0.0",
          "224.0.0.1",
          "255.255.255.255",
          "[::1]",
          "[::]",
          "[fe80::1]",
          "[fd00:ec2::254]",
          "[fd20:ce::254]",
          "[::ffff:169.254.169.254]",
          "[64:ff9b::a9fe:a9fe]",
          "[2002:7f00:1::]",
          "localhost",
          "metadata.google.internal",
          "2130706433",
          "0x7f000001");

  private final FakeNetwork network =
      new FakeNetwork(_ -> Response.json(200, "{}")).with("callback.example.com", "10.20.3.4");

  private AddressGuard opened(String ranges) {
    return new AddressGuard(network, Set.of(443), Ranges.of(ranges));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://10.20.3.4/",
        "https://10.20.255.255/",
        "https://callback.example.com/",
        "https://[fd12:3456::7]/",
        "https://93.184.216.34/"
      })
  void whatIsInAnOpenedRangeIsAllowedAndWhatIsPublicToo(String url) {
    assertInstanceOf(Verdict.Allowed.class, opened("10.20.0.0/16, fd12:3456::/32").check(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://10.19.255.255/",
        "https://10.21.0.0/",
        "https://172.16.0.1/",
        "https://192.168.0.1/",
        "https://[fd12:3457::7]/",
        "https://[64:ff9b::a14:304]/",
        "https://[2002:a14:304::]/"
      })
  void whatIsBesideItStaysClosed(String url) {
    assertInstanceOf(Verdict.Refused.class, opened("10.20.0.0/16, fd12:3456::/32").check(url));
  }

  @Test
  void oneAddressBesideItSpoilsTheName() {
    network.with("callback.example.com", "10.20.3.4", "10.21.3.4");
    assertInstanceOf(
        Verdict.Refused.class, opened("10.20.0.0/16").check("https://callback.example.com/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0/0", "127.0.0.0/8", "127.0.0.1/32", "169.254.0.0/16", "169.254.169.254/32",
            "8.0.0.0/6", "100.64.0.0/10", "100.100.100.200/32", "168.63.129.16/32", "224.0.0.0/4",
            "192.0.0.0/16", "93.184.216.0/24",
        "::/0", "::1/128", "fe80::/10", "fc00::/7", "fd00:ec2::/48", "fd00::/8", "fd20:ce::/64",
            "2000::/3", "2002::/16", "::ffff:0:0/96", "64:ff9b::/96", "ff00::/8"
      })
  void nothingButPrivateRangesWithoutAMetadataServiceCanBeOpened(String range) {
    assertThatThrownBy(() -> opened(range)).isInstanceOf(IllegalArgumentException.class);
  }

  private static final class NoClients implements AwsClients {
    @Override
    public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder) {
      throw new IllegalArgumentException("The guard asks nobody");
    }
  }

  /** Of all modules that the zip is made of. */
  private static List<Path> classes() throws IOException {
    List<Path> classes = new ArrayList<>();
    for (String module : List.of("signing", "catalog", "runtime", "gateway", "agents")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "target", "classes"))) {
        files.filter(one -> one.toString().endsWith(".class")).forEach(classes::add);
      }
    }
    return classes;
  }

  /** Every word in the built classes that could be an environment variable's name. */
  private static SortedSet<String> names() throws IOException {
    SortedSet<String> names = new TreeSet<>();
    Pattern name = Pattern.compile("(?<![A-Za-z0-9_])[A-Z][A-Z0-9_]{3,40}(?![A-Za-z0-9_])");
    for (Path file : classes()) {
      name.matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
          .results()
          .forEach(found -> names.add(found.group()));
    }
    return names;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "1",
        "yes",
        "off",
        "false",
        "*",
        "0.0.0.0/0,::/0",
        "127.0.0.0/8",
        "443,80,22",
        "10.0.0.0/8",
        "disabled",
        "none"
      })
  void noEnvironmentVariableOfWhateverNameOpensMore(String value) throws IOException {
    SortedSet<String> names = names();
    assertThat(names)
        .contains("CALLBACK_ALLOWED_PORTS", "ALLOWED_ADDRESSES", "HEALTH_TABLE")
        .hasSizeGreaterThan(50);
    for (String kept : List.of("CALLBACK_ALLOWED_PORTS", "ALLOWED_ADDRESSES", "")) {
      Map<String, String> environment = new HashMap<>();
      names.forEach(name -> environment.put(name, value));
      // Either may refuse to start with this value; the others are tried all the same.
      environment.remove(kept);
      AddressGuard guard;
      try {
        guard =
            AddressGuard.from(
                new Platform(
                    environment,
                    Clock.systemUTC(),
                    Clock.systemUTC(),
                    new NoClients(),
                    new FakeHttp(_ -> Response.json(200, "{}")),
                    network,
                    _ -> {}));
      } catch (IllegalStateException e) {
        assertThat(e).hasMessageContainingAll("ALLOWED_");
        continue;
      }
      for (String host : NEVER) {
        assertThat(guard.check("https://" + host + "/"))
            .as(host + " with " + value)
            .isInstanceOf(Verdict.Refused.class);
      }
      assertThat(guard.check("http://93.184.216.34/")).isInstanceOf(Verdict.Refused.class);
      assertThat(guard.check("https://user@93.184.216.34/")).isInstanceOf(Verdict.Refused.class);
    }
  }

  /**
   * What is deployed has one network, the internet's; another one is the local cloud's, which is
   * not in it.
   */
  @Test
  void theArtifactHasNoOtherNetworkToPutInItsPlace() throws IOException {
    Path zip = Path.of("target/functions.zip");
    List<String> networks =
        classes().stream()
            .filter(OpenedRangesTest::implementsNetwork)
            .map(file -> file.getFileName().toString())
            .toList();
    assertThat(networks).containsExactly("TlsNetwork.class");
    if (Files.exists(zip)) {
      try (FileSystem packed = FileSystems.newFileSystem(zip)) {
        assertThat(Files.exists(packed.getPath("agentpost/local/LocalNetwork.class"))).isFalse();
      }
    }
  }

  private static boolean implementsNetwork(Path file) {
    String name =
        file.toString()
            .replaceFirst(".*/target/classes/", "")
            .replace('/', '.')
            .replaceFirst("\\.class$", "");
    try {
      Class<?> type = Class.forName(name, false, OpenedRangesTest.class.getClassLoader());
      return !type.isInterface() && Network.class.isAssignableFrom(type);
    } catch (ClassNotFoundException | NoClassDefFoundError e) {
      throw new IllegalStateException(name, e);
    }
  }
}
