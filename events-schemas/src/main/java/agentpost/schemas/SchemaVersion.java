package agentpost.schemas;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A schema's version as its file is named: {@code 1}, {@code 1.1}, {@code 2}. A minor version only
 * adds what may be left out, so an event names its major version alone ({@code
 * metadata.schema_version}) and the newest minor of it applies.
 */
public record SchemaVersion(int major, int minor) implements Comparable<SchemaVersion> {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,3})(?:\\.([1-9][0-9]{0,3}))?");
  private static final Comparator<SchemaVersion> ORDER =
      Comparator.comparingInt(SchemaVersion::major).thenComparingInt(SchemaVersion::minor);

  public SchemaVersion {
    if (major < 1 || minor < 0) {
      throw new IllegalArgumentException(
          "A schema's version is 1, 1.1, 2 …; got " + major + "." + minor);
    }
  }

  public static SchemaVersion parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "A schema's version is written 1, 1.1, 2 …; got '" + text + "'");
    }
    return new SchemaVersion(
        Integer.parseInt(form.group(1)),
        form.group(2) == null ? 0 : Integer.parseInt(form.group(2)));
  }

  @Override
  public int compareTo(SchemaVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return minor == 0 ? Integer.toString(major) : major + "." + minor;
  }
}
