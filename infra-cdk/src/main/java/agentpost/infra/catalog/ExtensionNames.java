package agentpost.infra.catalog;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The names that a catalog may use of what jars register (META-INF/services) for functions to find.
 * The CDK app knows none of these types; it asks the functions' own code for their names.
 *
 * @param providers of a source's scheme
 * @param signatures of an agent
 * @param publicKeys those of the signatures whose keys have a public half
 * @param dialects of an external agent
 */
public record ExtensionNames(
    SortedSet<String> providers,
    SortedSet<String> signatures,
    SortedSet<String> publicKeys,
    SortedSet<String> dialects) {
  private static final String PROVIDER = "agentpost.ingest.Provider";
  private static final String SIGNATURE = "agentpost.signing.SignatureScheme";
  private static final String DIALECT = "agentpost.delivery.Dialect";

  public ExtensionNames {
    providers = Collections.unmodifiableSortedSet(new TreeSet<>(providers));
    signatures = Collections.unmodifiableSortedSet(new TreeSet<>(signatures));
    publicKeys = Collections.unmodifiableSortedSet(new TreeSet<>(publicKeys));
    dialects = Collections.unmodifiableSortedSet(new TreeSet<>(dialects));
  }

  /**
   * Those that a loader of the functions' classes finds.
   *
   * @throws CatalogException if one of them cannot be made, or two have one name
   */
  public static ExtensionNames of(ClassLoader functions) {
    SortedSet<String> publicKeys = new TreeSet<>();
    List<Object> signatures = load(functions, SIGNATURE);
    for (Object signature : signatures) {
      if (call(signature, SIGNATURE, "hasPublicKeys", Boolean.class)) {
        publicKeys.add(name(signature, SIGNATURE));
      }
    }
    return new ExtensionNames(
        names(load(functions, PROVIDER), PROVIDER),
        names(signatures, SIGNATURE),
        publicKeys,
        names(load(functions, DIALECT), DIALECT));
  }

  private static SortedSet<String> names(List<Object> extensions, String type) {
    SortedSet<String> names = new TreeSet<>();
    for (Object extension : extensions) {
      if (!names.add(name(extension, type))) {
        throw new CatalogException(
            type,
            "two are registered under the name "
                + name(extension, type)
                + ", one of them "
                + extension.getClass().getName());
      }
    }
    return names;
  }

  private static String name(Object extension, String type) {
    return call(extension, type, "name", String.class);
  }

  private static List<Object> load(ClassLoader functions, String type) {
    try {
      List<Object> all = new ArrayList<>();
      ServiceLoader.load(functions.loadClass(type), functions).forEach(all::add);
      return all;
    } catch (ClassNotFoundException e) {
      throw new CatalogException(
          "the functions", "there is no " + type + " among them; build them again");
    } catch (java.util.ServiceConfigurationError e) {
      throw new CatalogException("the functions", String.valueOf(e.getMessage()));
    }
  }

  private static <T> T call(Object extension, String type, String method, Class<T> answer) {
    try {
      return answer.cast(
          extension
              .getClass()
              .getClassLoader()
              .loadClass(type)
              .getMethod(method)
              .invoke(extension));
    } catch (ReflectiveOperationException e) {
      throw new CatalogException(
          extension.getClass().getName(), "its " + method + "() fails: " + e.getCause());
    }
  }
}
