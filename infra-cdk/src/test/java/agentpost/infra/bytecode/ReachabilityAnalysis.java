package agentpost.infra.bytecode;

import agentpost.infra.bytecode.Value.Atom;
import java.lang.constant.ClassDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All that runs when Lambda makes a handler and calls it. A call of an interface's method reaches
 * that of every class that is made anywhere on the way ("rapid type analysis"); a lambda is taken
 * to be called where it is made.
 */
public final class ReachabilityAnalysis {
  private static final String INIT = "<init>";

  /** Classes of the JDK whose objects hold what their methods are given. */
  private static final Pattern KEEPERS =
      Pattern.compile("java/util/[A-Z]\\w*|java/util/concurrent/[A-Z]\\w*|java/lang/StringBuilder");

  private static final MethodTypeDesc NOTHING = MethodTypeDesc.ofDescriptor("()V");

  /** A method's parameters, its receiver first if it has one, and what it returns. */
  record Ends(List<Value> parameters, Value result) {}

  /**
   * Where a method is called from.
   *
   * @param number of the call in that method
   */
  record Site(Method from, int number) {
    static final Site ANY = new Site(new Method("", "", NOTHING), 0);
  }

  /**
   * A static method, once for each place that calls it: what makes things for many must not mix
   * them up. Any other method, once.
   */
  private record Call(Method method, Site site) {}

  /** A call whose target depends on the object it is called on. */
  private record Dispatch(Method method, Ends ends) {}

  private static final Program PROGRAM = new Program();

  /** Of handlers, whose classes do not change while tests run. */
  private static final Map<String, Reached> READ = new HashMap<>();

  /**
   * @param uses every AWS call that a handler class can make
   * @param settings every name that it can ask its environment, or any other map, for
   */
  public record Reached(Set<AwsUse> uses, Set<String> settings) {}

  private final AwsRequests requests = new AwsRequests();
  private final Map<Call, Ends> methods = new HashMap<>();
  private final Deque<Call> unread = new ArrayDeque<>();
  private final Map<String, Value> fields = new HashMap<>();
  private final Value queueNames = new Value();
  private final Set<String> made = new LinkedHashSet<>();
  private final Set<String> initialized = new LinkedHashSet<>();
  private final List<Dispatch> dispatches = new ArrayList<>();
  private final Set<String> settings = new TreeSet<>();

  private ReachabilityAnalysis() {}

  public static synchronized Reached from(String handlerClass) {
    return READ.computeIfAbsent(handlerClass, ReachabilityAnalysis::read);
  }

  private static Reached read(String handlerClass) {
    ReachabilityAnalysis reached = new ReachabilityAnalysis();
    String handler = handlerClass.replace('.', '/');
    reached.make(handler);
    reached.ends(new Method(handler, INIT, NOTHING), Optional.empty());
    while (!reached.unread.isEmpty()) {
      Call next = reached.unread.remove();
      Ends ends = Objects.requireNonNull(reached.methods.get(next));
      PROGRAM
          .code(next.method())
          .ifPresent(code -> new MethodReader(reached, next.method(), ends, code).read());
    }
    return new Reached(reached.requests.uses(), reached.settings);
  }

  /**
   * A method of ours that is reached; its code will be read once.
   *
   * @param site if it is static
   */
  private Ends ends(Method method, Optional<Site> site) {
    Call call = new Call(method, site.orElse(Site.ANY));
    Ends known = methods.get(call);
    if (known != null) {
      return known;
    }
    Stream<Value> receiver =
        site.isPresent() ? Stream.empty() : Stream.of(new Value(Value.Holds.NOTHING));
    Ends ends =
        new Ends(
            Stream.concat(receiver, method.type().parameterList().stream().map(this::value))
                .toList(),
            value(method.type().returnType()));
    methods.put(call, ends);
    unread.add(call);
    site.ifPresent(_ -> initialize(method.owner()));
    return ends;
  }

  /** Something of this type. */
  Value value(ClassDesc type) {
    return new Value(PROGRAM.holds(type));
  }

  Value field(String owner, String name, ClassDesc type) {
    return Program.isOurs(owner)
        ? fields.computeIfAbsent(owner + "." + name, _ -> value(type))
        : value(type);
  }

  void initialize(String owner) {
    if (Program.isOurs(owner) && initialized.add(owner)) {
      Method initializer = new Method(owner, "<clinit>", NOTHING);
      if (PROGRAM.code(initializer).isPresent()) {
        ends(initializer, Optional.of(Site.ANY));
      }
    }
  }

  void make(String type) {
    if (!Program.isOurs(type) || !made.add(type)) {
      return;
    }
    initialize(type);
    for (Method method : PROGRAM.calledFromOutside(type)) {
      ends(method, Optional.empty());
    }
    List.copyOf(dispatches).forEach(dispatch -> dispatch(dispatch, type));
  }

  private void dispatch(Dispatch dispatch, String type) {
    if (Program.isA(type, dispatch.method().owner())) {
      PROGRAM
          .resolved(type, dispatch.method())
          .ifPresent(target -> connect(dispatch.ends(), ends(target, Optional.empty())));
    }
  }

  private static void connect(Ends caller, Ends callee) {
    for (int i = 0; i < caller.parameters().size(); i++) {
      caller.parameters().get(i).flowsTo(callee.parameters().get(i));
    }
    callee.result().flowsTo(caller.result());
  }

  /** How a method is called. */
  enum Kind {
    STATIC,
    /** A constructor, a private method, or a superclass's. */
    EXACT,
    BY_OBJECT
  }

  /**
   * @param arguments the receiver first, if there is one
   */
  void call(Kind kind, Method method, List<Value> arguments, Value result, Site site) {
    List<Value> given = kind == Kind.STATIC ? arguments : arguments.subList(1, arguments.size());
    requests.called(method, given.stream().findFirst(), site.from());
    if (method.owner().equals("agentpost/platform/Environment") && method.name().equals("get")) {
      asSetting(given.getFirst(), result);
    } else if (method.isOurs()) {
      ours(kind, method, new Ends(arguments, result), site);
    } else if (AwsRequests.isClient(method.owner())) {
      ofAws(method, given, result);
    } else {
      theirs(kind, method, arguments, result);
    }
    if (method.owner().endsWith("/GetQueueUrlRequest$Builder")
        && method.name().equals("queueName")) {
      given.getFirst().flowsTo(queueNames);
    }
  }

  /**
   * What AWS answers is named by no setting, but for a queue's address. What is asked is often
   * written in a lambda.
   */
  private void ofAws(Method method, List<Value> given, Value result) {
    if (method.name().equals("getQueueUrl")) {
      queueNames.flowsTo(result);
    }
    for (Value argument : given) {
      argument.hear(
          atom -> {
            if (atom instanceof Atom.Code code) {
              run(code, List.of(), new Value());
            }
          });
    }
  }

  private void asSetting(Value name, Value result) {
    name.hear(
        atom -> {
          if (atom instanceof Atom.Text(var text)) {
            settings.add(text);
            result.add(new Atom.Setting(text));
          }
        });
  }

  private void ours(Kind kind, Method method, Ends ends, Site site) {
    switch (kind) {
      case STATIC ->
          PROGRAM
              .resolved(method.owner(), method)
              .ifPresent(target -> connect(ends, ends(target, Optional.of(site))));
      case EXACT ->
          PROGRAM
              .resolved(method.owner(), method)
              .ifPresent(target -> connect(ends, ends(target, Optional.empty())));
      case BY_OBJECT -> {
        Dispatch dispatch = new Dispatch(method, ends);
        dispatches.add(dispatch);
        List.copyOf(made).forEach(type -> dispatch(dispatch, type));
        Value receiver = ends.parameters().getFirst();
        receiver.hear(
            atom -> {
              if (atom instanceof Atom.Code code) {
                run(code, ends.parameters().subList(1, ends.parameters().size()), ends.result());
              }
            });
      }
    }
  }

  /**
   * What libraries do with what they are given is not looked at: all of it may come out again, stay
   * in a collection, or go into a lambda that is given along.
   */
  private void theirs(Kind kind, Method method, List<Value> arguments, Value result) {
    if (method.owner().equals("java/util/Map") && method.name().startsWith("get")) {
      asSetting(arguments.get(1), result);
    }
    for (Value argument : arguments) {
      argument.flowsTo(result);
      if (kind != Kind.STATIC && KEEPERS.matcher(method.owner()).matches()) {
        argument.flowsTo(arguments.getFirst());
      }
      argument.hear(
          atom -> {
            if (atom instanceof Atom.Code code) {
              run(code, arguments.stream().filter(other -> other != argument).toList(), result);
            }
          });
    }
  }

  private static void run(Atom.Code code, List<Value> arguments, Value result) {
    arguments.forEach(argument -> code.free().forEach(argument::flowsTo));
    code.result().flowsTo(result);
  }

  /**
   * What a lambda or a method reference is: something that can be called, with some of its
   * arguments given already.
   */
  void lambda(DirectMethodHandleDesc target, List<Value> captured, Value result, Site site) {
    String owner = owner(target);
    boolean makes = target.kind() == DirectMethodHandleDesc.Kind.CONSTRUCTOR;
    Method method =
        new Method(
            owner,
            makes ? INIT : target.methodName(),
            makes ? target.invocationType().changeReturnType(NOTHING.returnType()) : type(target));
    Value returned = makes ? new Value(Value.Holds.NOTHING) : value(method.type().returnType());
    Kind kind = kind(target);
    List<Value> parameters =
        new ArrayList<>(kind == Kind.STATIC || makes ? List.of() : List.of(new Value()));
    method.type().parameterList().forEach(type -> parameters.add(value(type)));
    int count = parameters.size();
    for (int i = 0; i < Math.min(captured.size(), count); i++) {
      parameters.set(i, captured.get(i));
    }
    if (makes) {
      make(owner);
      call(
          Kind.EXACT,
          method,
          Stream.concat(Stream.of(returned), parameters.stream()).toList(),
          new Value(),
          site);
    } else {
      call(kind, method, parameters, returned, site);
    }
    captured.forEach(value -> value.flowsTo(result));
    result.add(
        new Atom.Code(
            List.copyOf(parameters.subList(Math.min(captured.size(), count), count)), returned));
  }

  private static String owner(DirectMethodHandleDesc target) {
    String descriptor = target.owner().descriptorString();
    return descriptor.substring(1, descriptor.length() - 1);
  }

  private static MethodTypeDesc type(DirectMethodHandleDesc target) {
    return MethodTypeDesc.ofDescriptor(target.lookupDescriptor());
  }

  private static Kind kind(DirectMethodHandleDesc target) {
    return switch (target.kind()) {
      case STATIC, INTERFACE_STATIC -> Kind.STATIC;
      case SPECIAL, INTERFACE_SPECIAL, CONSTRUCTOR -> Kind.EXACT;
      case VIRTUAL, INTERFACE_VIRTUAL -> Kind.BY_OBJECT;
      case GETTER, SETTER, STATIC_GETTER, STATIC_SETTER ->
          throw new IllegalArgumentException("No lambda is a field: " + target);
    };
  }
}
