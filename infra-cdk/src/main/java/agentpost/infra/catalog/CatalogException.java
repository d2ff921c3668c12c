package agentpost.infra.catalog;

import java.util.List;

/**
 * The catalog cannot be used; the message has a line for everything that is wrong, each naming its
 * path and what is allowed.
 */
public final class CatalogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CatalogException(String what, String problem) {
    this(what, List.of(problem));
  }

  public CatalogException(String file, List<String> problems) {
    super(file + ":\n  " + String.join("\n  ", problems));
  }
}
