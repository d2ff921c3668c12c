package agentpost.schemas;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.format.EmailFormat;

/**
 * The format {@code email} within the length that an address can have: the library's throws an
 * exception at a domain of 100,000 characters.
 */
final class ShortEmail extends EmailFormat {
  /** RFC 5321, 4.5.3.1: 64 before the at sign, 255 after it. */
  private static final int MAX_LENGTH = 320;

  @Override
  public boolean matches(ExecutionContext context, String value) {
    return value.codePointCount(0, value.length()) <= MAX_LENGTH && super.matches(context, value);
  }
}
