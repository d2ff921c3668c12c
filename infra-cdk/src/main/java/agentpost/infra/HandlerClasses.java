package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import java.io.IOException;
import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.reflect.AccessFlag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Whether the classes that a catalog names are in the functions' zip and are what they are named
 * for: Lambda would say so at the first invocation, and no sooner. A class is read and not loaded.
 */
final class HandlerClasses {
  private static final String AGENTS_BASE = "agentpost.webhook.WebhookHandler";
  private static final String CONSTRUCTOR = "<init>";
  private static final String NO_ARGUMENTS = "()V";
  private static final String PLATFORM = "(Lagentpost/platform/Platform;)V";

  /** How Lambda's runtime finds what to call with a batch of the work queue. */
  private static final String TAKES_BATCHES =
      "(Lcom/amazonaws/services/lambda/runtime/events/SQSEvent;Lcom/amazonaws/services/lambda/runtime/Context;)";

  private final ClassFiles files;
  private final String place;

  private HandlerClasses(ClassFiles files, String place) {
    this.files = files;
    this.place = place;
  }

  /** What a handler is for. */
  private enum Role {
    AGENT("extend " + AGENTS_BASE),
    WORKER("have a handleRequest that takes an SQSEvent and a Context");

    private final String duty;

    Role(String duty) {
      this.duty = duty;
    }
  }

  private record Handler(String type, Role role) {}

  /**
   * What is wrong, one line for each handler.
   *
   * @param classes a folder with what a running local cloud has compiled since the zip was made;
   *     empty if nothing
   */
  static List<String> problems(Catalog catalog, Path zip, String classes) throws IOException {
    Map<String, Handler> handlers = new LinkedHashMap<>();
    for (Catalog.Agent agent : catalog.agents()) {
      if (agent.place() instanceof Catalog.Placement.Hosted hosted) {
        handlers.put(
            "agents." + agent.name() + ".hosted.handler",
            new Handler(hosted.handler(), Role.AGENT));
      }
    }
    for (Catalog.Processor processor : catalog.processors()) {
      if (processor.work() instanceof Catalog.Work.Hosted hosted) {
        handlers.put(
            "processors." + processor.name() + ".hosted.handler",
            new Handler(hosted.handler(), Role.WORKER));
      }
    }
    // The reader has said what is no name of a class.
    handlers.values().removeIf(handler -> handler.type().isEmpty());
    // A running local cloud's is named by its hash.
    String place =
        String.valueOf(zip.getFileName()).replaceFirst("^asset\\.[0-9a-f]+\\.", "functions.");
    return new HandlerClasses(new ClassFiles(zip, classes), place).problems(handlers);
  }

  private List<String> problems(Map<String, Handler> handlers) throws IOException {
    Map<String, ClassModel> known = withBases(handlers.values());
    List<String> problems = new ArrayList<>();
    handlers.forEach(
        (path, handler) ->
            problem(handler, known).ifPresent(problem -> problems.add(path + ": " + problem)));
    return problems;
  }

  /** The handlers and what they extend, up to what is not theirs. */
  private Map<String, ClassModel> withBases(Collection<Handler> handlers) throws IOException {
    Map<String, ClassModel> known = new LinkedHashMap<>();
    Set<String> wanted = new TreeSet<>(handlers.stream().map(Handler::type).toList());
    while (!wanted.isEmpty()) {
      Map<String, ClassModel> found = files.find(wanted);
      known.putAll(found);
      wanted = new TreeSet<>();
      for (ClassModel each : found.values()) {
        base(each)
            .filter(
                name ->
                    !known.containsKey(name)
                        && !name.equals(AGENTS_BASE)
                        && !name.startsWith("java."))
            .ifPresent(wanted::add);
      }
    }
    return known;
  }

  private Optional<String> problem(Handler handler, Map<String, ClassModel> known) {
    ClassModel type = known.get(handler.type());
    if (type == null) {
      String near = neighbours(handler.type(), files.handlers());
      return Optional.of("there is no class " + handler.type() + " in " + place + near);
    }
    List<String> wrong = new ArrayList<>();
    if (type.flags().has(AccessFlag.INTERFACE)) {
      wrong.add("is an interface");
    } else if (type.flags().has(AccessFlag.ABSTRACT)) {
      wrong.add("is abstract");
    }
    if (!type.flags().has(AccessFlag.PUBLIC)) {
      wrong.add("is not public");
    }
    if (!isFor(handler.role(), type, known)) {
      wrong.add("does not " + handler.role().duty);
    }
    if (!hasPublic(type, CONSTRUCTOR, NO_ARGUMENTS)) {
      wrong.add("has no public constructor without arguments, which Lambda calls");
    }
    if (!hasPublic(type, CONSTRUCTOR, PLATFORM)) {
      wrong.add("has no public constructor that takes a Platform, which the local cloud calls");
    }
    return wrong.isEmpty()
        ? Optional.empty()
        : Optional.of(
            handler.type()
                + " "
                + String.join(", ", wrong)
                + "; it must be a public class that can be made, "
                + handler.role().duty
                + ", and have both constructors (docs/your-project.md, Writing an agent)");
  }

  private static boolean isFor(Role role, ClassModel type, Map<String, ClassModel> known) {
    boolean fits =
        switch (role) {
          case AGENT -> base(type).filter(AGENTS_BASE::equals).isPresent();
          case WORKER -> hasPublic(type, "handleRequest", TAKES_BATCHES);
        };
    Optional<ClassModel> base = base(type).flatMap(name -> Optional.ofNullable(known.get(name)));
    return fits || base.filter(one -> isFor(role, one, known)).isPresent();
  }

  private static Optional<String> base(ClassModel type) {
    return type.superclass().map(entry -> entry.asInternalName().replace('/', '.'));
  }

  /**
   * @param descriptor what the method's begins with
   */
  private static boolean hasPublic(ClassModel type, String name, String descriptor) {
    return type.methods().stream()
        .filter(method -> method.methodName().equalsString(name))
        .anyMatch(
            method -> method.methodType().stringValue().startsWith(descriptor) && isPublic(method));
  }

  private static boolean isPublic(MethodModel method) {
    AccessFlags flags = method.flags();
    return flags.has(AccessFlag.PUBLIC) && !flags.has(AccessFlag.ABSTRACT);
  }

  private static String neighbours(String handler, SortedSet<String> candidates) {
    String inPackage = handler.substring(0, handler.lastIndexOf('.') + 1);
    List<String> near =
        candidates.stream()
            .filter(type -> type.startsWith(inPackage) && type.indexOf('.', inPackage.length()) < 0)
            .toList();
    return near.isEmpty()
        ? ", nor a handler in its package"
        : "; its package has " + String.join(", ", near);
  }
}
