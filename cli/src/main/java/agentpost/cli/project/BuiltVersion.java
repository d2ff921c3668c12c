package agentpost.cli.project;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.IVersionProvider;

/**
 * The versions of the pom and the commit of git, which Maven wrote to {@code version.properties}.
 */
public final class BuiltVersion implements IVersionProvider {
  private static final Pattern COMMIT = Pattern.compile("([0-9a-f]{12})[0-9a-f]*+");

  @Override
  public String[] getVersion() {
    return new String[] {"agentpost " + text(all())};
  }

  /** Sources without git have no commit. */
  static String text(Properties built) {
    Matcher commit = COMMIT.matcher(built.getProperty("commit", ""));
    boolean isEdited = built.getProperty("dirty", "").equals("true");
    return built.getProperty("version")
        + (commit.matches() ? " (" + commit.group(1) + (isEdited ? ", edited" : "") + ")" : "");
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
