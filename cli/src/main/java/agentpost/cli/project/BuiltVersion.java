package agentpost.cli.project;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions of the pom, which Maven wrote to {@code version.properties}. */
public final class BuiltVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"agentpost " + all().getProperty("version")};
  }

  /** Its own, and those of what a project is built with. */
  static Properties all() {
    Properties built = new Properties();
    try (InputStream in = BuiltVersion.class.getResourceAsStream("version.properties")) {
      if (in == null) {
        throw new IllegalStateException("There is no version.properties beside this class");
      }
      built.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read version.properties", e);
    }
    return built;
  }
}
