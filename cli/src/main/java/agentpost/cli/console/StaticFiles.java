package agentpost.cli.console;

import agentpost.local.wire.AwsResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** The pages' scripts and style, all of which are on the class path. */
final class StaticFiles {
  private static final String WEBJARS = "/META-INF/resources/webjars/";
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  private record StaticFile(String resource, String type) {}

  private static final Map<String, StaticFile> FILES =
      Map.of(
          "console.css", new StaticFile("console.css", "text/css; charset=utf-8"),
          "console.js", new StaticFile("console.js", SCRIPT),
          "icon.svg", new StaticFile("icon.svg", "image/svg+xml"),
          "htmx.js", new StaticFile(WEBJARS + version("htmx.org") + "/dist/htmx.min.js", SCRIPT),
          "sse.js", new StaticFile(WEBJARS + version("htmx-ext-sse") + "/sse.js", SCRIPT));

  private StaticFiles() {}

  /** A WebJar's folder has its version, which stands in its {@code pom.properties}. */
  private static String version(String artifact) {
    String path = "/META-INF/maven/org.webjars.npm/" + artifact + "/pom.properties";
    Properties pom = new Properties();
    try (InputStream in = open(path)) {
      pom.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return artifact + "/" + pom.getProperty("version");
  }

  private static InputStream open(String resource) {
    InputStream in = StaticFiles.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException("The class path lacks " + resource);
    }
    return in;
  }

  static Optional<AwsResponse> find(String name) {
    return Optional.ofNullable(FILES.get(name))
        .map(
            file -> {
              try (InputStream in = open(file.resource())) {
                return new AwsResponse(200, PageHeaders.of(file.type()), in.readAllBytes());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }
}
