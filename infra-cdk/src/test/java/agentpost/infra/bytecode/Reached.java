package agentpost.infra.bytecode;

import agentpost.infra.bytecode.Value.Atom;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * All that runs when Lambda makes a handler and calls it. A call of an interface's method reaches that of every class that is made anywhere on
 * the way ("rapid type analysis"); a lambda is taken to be called where it is made.
 */
public final class Reached {
  private static final String INIT = "<init>";
  private static final MethodTypeDesc NOTHING = MethodTypeDesc.ofDescriptor("()V");

  /** A method's parameters, its receiver first if it has one, and what it returns. */
  record Ends(List<Value> parameters, Value result) {}

  /** A call whose target depends on the object it is called on. */
  private record Dispatch(Method method, Ends ends) {}

  private final Program program;
  private final AwsRequests requests = new AwsRequests();
  private final Map<Method, Ends> methods = new HashMap<>();
  private final Deque<Method> unread = new ArrayDeque<>();
  private final Map<String, Value> fields = new HashMap<>();
  private final Set<String> made = new LinkedHashSet<>();
  private final Set<String> initialized = new LinkedHashSet<>();
  private final List<Dispatch> dispatches = new ArrayList<>();

  private Reached(Program program) {
    this.program = program;
  }

  /** Every AWS call that a handler class can make. */
  public static Set<AwsUse> from(String handlerClass) {
    Reached reached = new Reached(new Program());
    String handler = handlerClass.replace('.', '/');
    reached.make(handler);
    reached.ends(new Method(handler, INIT, NOTHING), false);
    while (!reached.unread.isEmpty()) {
      Method next = reached.unread.remove();
      reached.program.code(next).ifPresent(code -> new MethodReader(reached, next, code).read());
    }
    return reached.requests.uses();
  }

  /** A method of ours that is reached; its code will be read once. */
  private Ends ends(Method method, boolean isStatic) {
    Ends known = methods.get(method);
    if (known != null) {
      return known;
    }
    int count = method.type().parameterCount() + (isStatic ? 0 : 1);
    Ends ends = new Ends(IntStream.range(0, count).mapToObj(_ -> new Value()).toList(), new Value());
    methods.put(method, ends);
    unread.add(method);
    if (isStatic) {
      initialize(method.owner());
    }
    return ends;
  }

  Ends read(Method method) {
    Ends ends = methods.get(method);
    if (ends == null) {
      throw new IllegalStateException(method + " was not reached");
    }
    return ends;
  }

  Value field(String owner, String name) {
    return Program.isOurs(owner) ? fields.computeIfAbsent(owner + "." + name, _ -> new Value()) : new Value();
  }

  void initialize(String owner) {
    if (Program.isOurs(owner) && initialized.add(owner)) {
      Method initializer = new Method(owner, "<clinit>", NOTHING);
      if (program.code(initializer).isPresent()) {
        ends(initializer, true);
      }
    }
  }

  void make(String type) {
    if (!Program.isOurs(type) || !made.add(type)) {
      return;
    }
    initialize(type);
    for (Method method : program.calledFromOutside(type)) {
      ends(method, false);
    }
    List.copyOf(dispatches).forEach(dispatch -> dispatch(dispatch, type));
  }

  private void dispatch(Dispatch dispatch, String type) {
    if (Program.isA(type, dispatch.method().owner())) {
      program.resolved(type, dispatch.method()).ifPresent(target -> connect(dispatch.ends(), ends(target, false)));
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

  /** @param arguments the receiver first, if there is one */
  void call(Kind kind, Method method, List<Value> arguments, Value result, Method from) {
    List<Value> given = kind == Kind.STATIC ? arguments : arguments.subList(1, arguments.size());
    requests.called(method, given.stream().findFirst(), from);
    if (method.owner().equals("agentpost/platform/Environment") && method.name().equals("get")) {
      asSetting(given.getFirst(), result);
    } else if (method.isOurs()) {
      ours(kind, method, new Ends(arguments, result));
    } else {
      theirs(kind, method, arguments, result);
    }
  }

  private static void asSetting(Value name, Value result) {
    name.hear(
        atom -> {
          if (atom instanceof Atom.Text(var text)) {
            result.add(new Atom.Setting(text));
          }
        });
  }

  private void ours(Kind kind, Method method, Ends ends) {
    switch (kind) {
      case STATIC -> program.resolved(method.owner(), method).ifPresent(target -> connect(ends, ends(target, true)));
      case EXACT -> program.resolved(method.owner(), method).ifPresent(target -> connect(ends, ends(target, false)));
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

  /** What libraries do with what they are given is not looked at: all of it may come out again, stay in the object, or go into a lambda that is given along. */
  private static void theirs(Kind kind, Method method, List<Value> arguments, Value result) {
    if (method.owner().equals("java/util/Map") && method.name().startsWith("get")) {
      asSetting(arguments.get(1), result);
    }
    for (Value argument : arguments) {
      argument.flowsTo(result);
      if (kind != Kind.STATIC && !AwsRequests.isClient(method.owner())) {
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

  /** What a lambda or a method reference is: something that can be called, with some of its arguments given already. */
  void lambda(DirectMethodHandleDesc target, List<Value> captured, Value result, Method from) {
    String owner = owner(target);
    boolean makes = target.kind() == DirectMethodHandleDesc.Kind.CONSTRUCTOR;
    Method method = new Method(owner, makes ? INIT : target.methodName(), makes ? target.invocationType().changeReturnType(NOTHING.returnType()) : type(target));
    Value returned = new Value();
    Kind kind = kind(target);
    int count = method.type().parameterCount() + (kind == Kind.STATIC || makes ? 0 : 1);
    List<Value> parameters = IntStream.range(0, count).mapToObj(i -> i < captured.size() ? captured.get(i) : new Value()).toList();
    if (makes) {
      make(owner);
      call(Kind.EXACT, method, Stream.concat(Stream.of(returned), parameters.stream()).toList(), new Value(), from);
    } else {
      call(kind, method, parameters, returned, from);
    }
    captured.forEach(value -> value.flowsTo(result));
    result.add(new Atom.Code(List.copyOf(parameters.subList(Math.min(captured.size(), count), count)), returned));
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
      case GETTER, SETTER, STATIC_GETTER, STATIC_SETTER -> throw new IllegalArgumentException("No lambda is a field: " + target);
    };
  }

}
