package agentpost.local.cloudformation;

import java.util.Locale;

/**
 * What a deployment did to one resource.
 *
 * @param ref what {@code Ref} gives of it, its name as a rule
 */
public record Change(Kind kind, String type, String ref) {
  /** What was done. */
  public enum Kind {
    MADE,
    CHANGED,
    REMOVED
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + " " + type + " " + ref;
  }
}
