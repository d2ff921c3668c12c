package agentpost.schemas;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.format.Format;

/**
 * The format {@code date-time} as {@link DateTimes} reads it; the library's takes leap seconds and
 * more that java.time cannot read.
 */
final class DateTimeFormat implements Format {
  @Override
  public boolean matches(ExecutionContext context, String value) {
    return DateTimes.parse(value).isPresent();
  }

  @Override
  public String getName() {
    return "date-time";
  }
}
