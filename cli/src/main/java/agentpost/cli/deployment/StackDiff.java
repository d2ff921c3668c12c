package agentpost.cli.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a deployment would make of a stack.
 *
 * @param goes as it is deployed: whether it is kept is what the deployed template says
 */
record StackDiff(List<NamedResource> comes, List<Changed> changes, List<NamedResource> goes) {
  /**
   * @param properties that are different
   */
  record Changed(NamedResource resource, SortedSet<String> properties) {}

  static StackDiff of(Stream<NamedResource> before, Stream<NamedResource> after) {
    SortedMap<String, NamedResource> old = byKey(before);
    SortedMap<String, NamedResource> wanted = byKey(after);
    List<NamedResource> comes = new ArrayList<>();
    List<Changed> changes = new ArrayList<>();
    wanted.forEach(
        (key, resource) -> {
          NamedResource was = old.remove(key);
          if (was == null) {
            comes.add(resource);
          } else {
            SortedSet<String> different = differences(was, resource);
            if (!different.isEmpty()) {
              changes.add(new Changed(resource, different));
            }
          }
        });
    return new StackDiff(comes, changes, List.copyOf(old.values()));
  }

  private static SortedMap<String, NamedResource> byKey(Stream<NamedResource> resources) {
    SortedMap<String, NamedResource> all = new TreeMap<>();
    resources.forEach(resource -> all.put(resource.key(), resource));
    return all;
  }

  private static SortedSet<String> differences(NamedResource was, NamedResource is) {
    JsonNode before = was.resource().properties();
    JsonNode after = is.resource().properties();
    SortedSet<String> names = new TreeSet<>();
    before.properties().forEach(each -> names.add(each.getKey()));
    after.properties().forEach(each -> names.add(each.getKey()));
    names.removeIf(name -> before.path(name).equals(after.path(name)));
    return names;
  }

  boolean isEmpty() {
    return comes.isEmpty() && changes.isEmpty() && goes.isEmpty();
  }
}
