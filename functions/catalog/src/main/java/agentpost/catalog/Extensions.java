package agentpost.catalog;

import java.util.Collections;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** What jars have registered of one type, each by the name that the catalog calls it. */
public final class Extensions<T> {
  private final String type;
  private final SortedMap<String, T> byName = new TreeMap<>();

  private Extensions(Iterable<T> all, String type, Function<T, String> name) {
    this.type = type;
    for (T one : all) {
      T other = byName.put(name.apply(one), one);
      if (other != null) {
        throw new IllegalStateException(
            "two "
                + type
                + " have the name "
                + name.apply(one)
                + ": "
                + other.getClass().getName()
                + " and "
                + one.getClass().getName());
      }
    }
  }

  /** Those of META-INF/services that the type's own loader finds. */
  public static <T> Extensions<T> load(Class<T> type, Function<T, String> name) {
    return of(ServiceLoader.load(type, type.getClassLoader()), type, name);
  }

  /**
   * @throws IllegalStateException if two have one name
   */
  public static <T> Extensions<T> of(Iterable<T> all, Class<T> type, Function<T, String> name) {
    return new Extensions<>(all, type.getSimpleName(), name);
  }

  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(byName.keySet()));
  }

  /**
   * @throws IllegalArgumentException naming those that there are
   */
  public T named(String name) {
    T one = byName.get(name);
    if (one == null) {
      throw new IllegalArgumentException(
          "there is no " + type + " of this name; there are " + String.join(", ", byName.keySet()));
    }
    return one;
  }
}
