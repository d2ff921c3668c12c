package agentpost.local.isolated;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * A certificate for the API's https name, made for one run and trusted by its functions' processes
 * only, beside what the JDK trusts.
 *
 * @param server TLS as the API's front door speaks it
 * @param trustStore for {@code javax.net.ssl.trustStore}
 */
record Certificates(SSLSocketFactory server, Path trustStore) {
  private static final String ALIAS = "execute-api";

  /** Of files that nobody but this run's processes can read, and that end with it. */
  private static final String PASSWORD = "local-cloud";

  static Certificates createIn(Path directory) throws IOException, InterruptedException {
    Path keys = directory.resolve("api.p12");
    generate(keys);
    try {
      KeyStore own = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(own, PASSWORD.toCharArray());
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(managers.getKeyManagers(), null, null);
      return new Certificates(
          tls.getSocketFactory(), writeTrustStore(own, directory.resolve("trust.jks")));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("The JDK has no TLS as it is to have", e);
    }
  }

  private static void generate(Path keys) throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=agentpost local cloud",
                "-ext",
                "san=dns:*.execute-api.us-east-1.amazonaws.com",
                "-startdate",
                "-1d",
                "-validity",
                "365",
                "-keystore",
                keys.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      keytool.destroyForcibly();
      throw new IOException("keytool made no certificate: " + said);
    }
  }

  /** As JKS, which is read without deriving a key; every process reads it at its init. */
  private static Path writeTrustStore(KeyStore own, Path file)
      throws IOException, GeneralSecurityException {
    KeyStore trust = KeyStore.getInstance("JKS");
    trust.load(null, null);
    KeyStore usual =
        KeyStore.getInstance(
            Path.of(System.getProperty("java.home"), "lib", "security", "cacerts").toFile(),
            (char[]) null);
    for (String alias : Collections.list(usual.aliases())) {
      if (usual.isCertificateEntry(alias)) {
        trust.setCertificateEntry(alias, usual.getCertificate(alias));
      }
    }
    trust.setCertificateEntry(ALIAS, own.getCertificate(ALIAS));
    try (OutputStream out = Files.newOutputStream(file)) {
      trust.store(out, PASSWORD.toCharArray());
    }
    return file;
  }
}
