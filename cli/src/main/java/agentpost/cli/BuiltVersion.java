package agentpost.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of the pom, which Maven wrote to {@code version.properties}. */
final class BuiltVersion implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    Properties built = new Properties();
    try (InputStream in = BuiltVersion.class.getResourceAsStream("version.properties")) {
      if (in == null) {
        throw new IllegalStateException("There is no version.properties beside this class");
      }
      built.load(in);
    }
    return new String[] {"agentpost " + built.getProperty("version")};
  }
}
