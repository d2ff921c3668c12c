package agentpost.infra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.CatalogException;
import agentpost.infra.catalog.CatalogReader;
import agentpost.infra.catalog.ExtensionNames;
import agentpost.ingest.Provider;
import agentpost.ingest.SourceVerifier;
import agentpost.ingest.TimestampPolicy;
import agentpost.schemas.EventSchemas;
import com.example.extensions.AcmeProvider;
import com.example.extensions.ChatDialect;
import com.example.extensions.PairScheme;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A catalog may name what a team's own jar registers, and nothing that no jar does. */
class ExtensionsTest {
  private static final String CATALOG =
      """
      agents:
        room: {subscribes: [lead.captured], signature: pair, external: {url: https://chat.example.com/a, challenge: off, dialect: chat}}
      sources:
        acme-eu: {scheme: acme, type: /type, mappings: {a: {event: lead.captured, data: {lead_id: /id, email: /email, source: /source}}}}
      """;

  @TempDir private Path directory;

  private ExtensionNames registered(Map<String, Class<?>> types) throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    for (Map.Entry<String, Class<?>> type : types.entrySet()) {
      Files.writeString(services.resolve(type.getKey()), type.getValue().getName() + "\n");
    }
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {directory.toUri().toURL()}, ExtensionsTest.class.getClassLoader())) {
      return ExtensionNames.of(loader);
    }
  }

  private ExtensionNames registered() throws IOException {
    return registered(
        Map.of(
            "agentpost.ingest.Provider", AcmeProvider.class,
            "agentpost.delivery.Dialect", ChatDialect.class,
            "agentpost.signing.SignatureScheme", PairScheme.class));
  }

  private Catalog read(ExtensionNames names) throws IOException {
    return read(names, CATALOG);
  }

  private Catalog read(ExtensionNames names, String catalog) throws IOException {
    return CatalogReader.read(
        Files.writeString(directory.resolve("agents.yaml"), catalog), EventSchemas.load(), names);
  }

  @Test
  void aCatalogMayNameWhatAJarRegisters() throws IOException {
    Catalog catalog = read(registered());
    assertEquals("pair", catalog.agents().getFirst().settings().signature());
    assertThat(catalog.agents().getFirst().settings().toJson().toString())
        .contains("\"signature\":\"pair\"", "\"dialect\":\"chat\"");
    assertEquals("acme", catalog.sources().getFirst().description().path("scheme").asText());
  }

  /** A chat's incoming webhook would never answer, and nothing would ever be delivered. */
  @Test
  void aDialectNeedsAWordOnTheChallengeWhichIsInNoDialect() throws IOException {
    ExtensionNames names = registered();
    assertThatThrownBy(() -> read(names, CATALOG.replace("challenge: off, ", "")))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining(
            "agents.room.external with dialect: chat needs challenge: off, or challenge: on if its"
                + " receiver answers agentpost's own challenge, which no dialect translates");
    assertThat(
            read(names, CATALOG.replace("challenge: off", "challenge: on"))
                .agents()
                .getFirst()
                .settings()
                .external())
        .hasValueSatisfying(external -> assertThat(external.isAsked()).isTrue());
  }

  @Test
  void whatNoJarRegistersFailsSynthAndNamesWhatThereIs() {
    assertThatThrownBy(() -> read(ExtensionNames.of(ExtensionsTest.class.getClassLoader())))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("agents.room.signature must be one of ed25519, hmac; got \"pair\"")
        .hasMessageContaining("agents.room.external.dialect must be one of webhook; got \"chat\"")
        .hasMessageContaining(
            "sources.acme-eu.scheme must be one of github, shopify, slack, standard, stripe,"
                + " twilio, or a mapping");
  }

  @Test
  void twoOfOneNameAreRefused() throws IOException {
    Path second = Files.createDirectories(directory.resolve("second/META-INF/services"));
    Files.writeString(
        second.resolve("agentpost.ingest.Provider"), SecondAcme.class.getName() + "\n");
    assertThatThrownBy(
            () -> {
              registered();
              try (URLClassLoader loader =
                  new URLClassLoader(
                      new URL[] {
                        directory.toUri().toURL(), directory.resolve("second/").toUri().toURL()
                      },
                      ExtensionsTest.class.getClassLoader())) {
                ExtensionNames.of(loader);
              }
            })
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("two are registered under the name acme");
  }

  /** Registered by the test above alone. */
  public static final class SecondAcme implements Provider {
    @Override
    public String name() {
      return "acme";
    }

    @Override
    public SourceVerifier verifier(List<String> secrets, TimestampPolicy freshness) {
      return new AcmeProvider().verifier(secrets, freshness);
    }
  }

  /** Strangers may ask for public keys, so the function behind them reads no other secret. */
  @Test
  void theKeysFunctionReadsTheSecretsOfEverySchemeWithPublicKeys() throws IOException {
    assertEquals(List.of("ed25519", "pair"), SecretsStack.publicKeys(registered().publicKeys()));
  }

  @Test
  void functionsAreFoundInTheJarsOfTheirZipAndNothingOfThemIsLeftBehind() throws Exception {
    Path jar = directory.resolve("inner.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("META-INF/services/agentpost.ingest.Provider"));
      zip.write("com.example.Acme\n".getBytes(UTF_8));
    }
    Path outer = directory.resolve("functions.zip");
    try (OutputStream out = Files.newOutputStream(outer);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("lib/functions.jar"));
      zip.write(Files.readAllBytes(jar));
    }
    Path copy;
    try (FunctionsClassLoader loader = FunctionsClassLoader.of(outer, "")) {
      URL service = loader.getResource("META-INF/services/agentpost.ingest.Provider");
      assertThat(service).isNotNull();
      copy =
          Path.of(
              Arrays.stream(loader.getURLs())
                  .filter(url -> url.toString().endsWith(".jar"))
                  .findFirst()
                  .orElseThrow()
                  .toURI());
      assertThat(copy).exists();
      assertThatThrownBy(() -> ExtensionNames.of(loader))
          .hasMessageContaining("there is no agentpost.signing.SignatureScheme among them");
    }
    assertThat(copy).doesNotExist();
  }
}
