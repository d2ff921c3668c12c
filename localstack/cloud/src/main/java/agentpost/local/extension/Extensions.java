package agentpost.local.extension;

import agentpost.local.cloudformation.Provider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/** What is registered on the class path, made anew for one cloud. */
public record Extensions(List<LocalTarget> targets, List<LocalResourceType> resourceTypes) {
  private static final Pattern TYPE_NAME =
      Pattern.compile("[A-Za-z0-9]+::[A-Za-z0-9@_-]+(::[A-Za-z0-9@_-]+)?");

  public Extensions {
    targets = List.copyOf(targets);
    resourceTypes = List.copyOf(resourceTypes);
  }

  /**
   * @throws java.util.ServiceConfigurationError naming what is registered and cannot be made
   */
  public static Extensions load() {
    return new Extensions(
        ServiceLoader.load(LocalTarget.class).stream().map(ServiceLoader.Provider::get).toList(),
        ServiceLoader.load(LocalResourceType.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList());
  }

  /**
   * The local cloud's providers and the registered ones.
   *
   * @throws IllegalArgumentException naming a type that is no type's name, or that there is already
   */
  public Map<String, Provider> addTo(Map<String, Provider> own) {
    Map<String, Provider> all = new HashMap<>(own);
    for (LocalResourceType type : resourceTypes) {
      String by = type.getClass().getName();
      if (!TYPE_NAME.matcher(type.name()).matches()) {
        throw new IllegalArgumentException(
            by + ": a resource type is like AWS::Kinesis::Stream; got " + type.name());
      }
      if (all.putIfAbsent(type.name(), type.provider()) != null) {
        throw new IllegalArgumentException(
            by + ": the local cloud makes " + type.name() + " already");
      }
    }
    return all;
  }
}
