package agentpost.infra.bytecode;

import agentpost.infra.bytecode.Value.Atom;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One method's code, once from its first instruction to its last: what it calls, and with what. */
final class MethodReader {
  private static final Set<String> LAMBDAS = Set.of("Ljava/lang/invoke/LambdaMetafactory;");

  private final ReachabilityAnalysis reached;
  private final Method method;
  private final CodeModel code;
  private final ReachabilityAnalysis.Ends ends;
  private final Map<Label, Frame> at = new HashMap<>();

  /**
   * Every value that a local variable ever has, for where it is not known how the code gets there.
   */
  private final Map<Integer, Value> ever = new HashMap<>();

  private final Set<Label> targets = new HashSet<>();
  private int calls;

  /** Nothing after a jump, until the next place that something jumps to. */
  private @Nullable Frame now;

  MethodReader(
      ReachabilityAnalysis reached,
      Method method,
      ReachabilityAnalysis.Ends ends,
      MethodModel model) {
    this.reached = reached;
    this.method = method;
    this.code = model.code().orElseThrow();
    this.ends = ends;
    Frame first = new Frame(List.of(), Map.of());
    boolean isStatic = model.flags().has(AccessFlag.STATIC);
    int slot = 0;
    for (int i = 0; i < ends.parameters().size(); i++) {
      first.store(slot, ends.parameters().get(i));
      remember(slot, ends.parameters().get(i));
      slot += !isStatic && i == 0 ? 1 : width(method.type().parameterType(isStatic ? i : i - 1));
    }
    this.now = first;
  }

  private static int width(ClassDesc type) {
    return isWide(type) ? 2 : 1;
  }

  private static boolean isWide(ClassDesc type) {
    return TypeKind.from(type).slotSize() == 2;
  }

  private void remember(int slot, Value value) {
    value.flowsTo(ever.computeIfAbsent(slot, _ -> new Value()));
  }

  void read() {
    for (CodeElement element : code) {
      switch (element) {
        case BranchInstruction branch -> targets.add(branch.target());
        case TableSwitchInstruction choice -> choices(choice.defaultTarget(), choice.cases());
        case LookupSwitchInstruction choice -> choices(choice.defaultTarget(), choice.cases());
        default -> {}
      }
    }
    code.exceptionHandlers().forEach(handler -> targets.add(handler.handler()));
    for (CodeElement element : code) {
      if (element instanceof LabelTarget label && targets.contains(label.label())) {
        arrive(label.label());
      } else if (element instanceof Instruction instruction && now != null) {
        run(instruction, now);
      }
    }
  }

  private void choices(Label otherwise, List<SwitchCase> cases) {
    targets.add(otherwise);
    cases.forEach(one -> targets.add(one.target()));
  }

  private void arrive(Label label) {
    Frame known = at.get(label);
    Frame before = now;
    if (known == null) {
      boolean catches =
          code.exceptionHandlers().stream().anyMatch(handler -> handler.handler().equals(label));
      known =
          before == null || catches
              ? new Frame(catches ? List.of(new Frame.Slot(new Value(), false)) : List.of(), ever)
              : before.joined();
      at.put(label, known);
    } else if (before != null) {
      before.flowsTo(known);
    }
    now = copy(known);
  }

  /** What is stored after the label must not be taken to be there at the label. */
  private static Frame copy(Frame frame) {
    return frame.joined();
  }

  private void jump(Label target, Frame from) {
    Frame known = at.get(target);
    if (known == null) {
      at.put(target, from.joined());
    } else {
      from.flowsTo(known);
    }
  }

  private void run(Instruction instruction, Frame frame) {
    switch (instruction) {
      case ConstantInstruction constant -> {
        Value value = new Value();
        if (constant.constantValue() instanceof String text) {
          value.add(new Atom.Text(text));
        }
        frame.push(value, constant.typeKind().slotSize() == 2);
      }
      case LoadInstruction load ->
          frame.push(frame.load(load.slot()), load.typeKind().slotSize() == 2);
      case StoreInstruction store -> {
        Value value = frame.pop().value();
        frame.store(store.slot(), value);
        remember(store.slot(), value);
      }
      case FieldInstruction field -> field(field, frame);
      case InvokeInstruction call -> call(call, frame);
      case InvokeDynamicInstruction dynamic -> dynamic(dynamic, frame);
      case NewObjectInstruction object -> {
        reached.make(object.className().asInternalName());
        frame.push(new Value(), false);
      }
      case NewReferenceArrayInstruction _, NewPrimitiveArrayInstruction _ -> {
        frame.pop();
        frame.push(new Value(), false);
      }
      case NewMultiArrayInstruction array -> {
        frame.pop(array.dimensions());
        frame.push(new Value(), false);
      }
      case ArrayLoadInstruction load -> {
        frame.pop();
        frame.push(frame.pop().value(), load.typeKind().slotSize() == 2);
      }
      case ArrayStoreInstruction _ -> {
        Value stored = frame.pop().value();
        frame.pop();
        stored.flowsTo(frame.pop().value());
      }
      case TypeCheckInstruction check -> {
        Value checked = frame.pop().value();
        Value known =
            check.opcode() == Opcode.INSTANCEOF
                ? new Value(Value.Holds.NOTHING)
                : reached.value(check.type().asSymbol());
        checked.flowsTo(known);
        frame.push(known, false);
      }
      case StackInstruction shuffle -> shuffle(shuffle.opcode(), frame);
      case OperatorInstruction operator -> {
        boolean isUnary =
            operator.opcode().name().endsWith("NEG") || operator.opcode() == Opcode.ARRAYLENGTH;
        frame.pop(isUnary ? 1 : 2);
        boolean isInt =
            operator.opcode() == Opcode.ARRAYLENGTH || operator.opcode().name().contains("CMP");
        frame.push(new Value(), !isInt && operator.typeKind().slotSize() == 2);
      }
      case ConvertInstruction convert -> {
        frame.pop();
        frame.push(new Value(), convert.toType().slotSize() == 2);
      }
      case BranchInstruction branch -> {
        frame.pop(conditions(branch.opcode()));
        jump(branch.target(), frame);
        if (branch.opcode() == Opcode.GOTO || branch.opcode() == Opcode.GOTO_W) {
          now = null;
        }
      }
      case TableSwitchInstruction choice -> choose(choice.defaultTarget(), choice.cases(), frame);
      case LookupSwitchInstruction choice -> choose(choice.defaultTarget(), choice.cases(), frame);
      case ReturnInstruction back -> {
        if (back.typeKind() != TypeKind.VOID) {
          frame.pop().value().flowsTo(ends.result());
        }
        now = null;
      }
      case ThrowInstruction _ -> now = null;
      case MonitorInstruction _ -> frame.pop();
      default -> {
        // IINC and NOP leave the stack as it is.
      }
    }
  }

  private static int conditions(Opcode opcode) {
    return switch (opcode) {
      case GOTO, GOTO_W -> 0;
      case IF_ACMPEQ, IF_ACMPNE, IF_ICMPEQ, IF_ICMPNE, IF_ICMPLT, IF_ICMPGE, IF_ICMPGT, IF_ICMPLE ->
          2;
      default -> 1;
    };
  }

  private void choose(Label otherwise, List<SwitchCase> cases, Frame frame) {
    frame.pop();
    jump(otherwise, frame);
    cases.forEach(one -> jump(one.target(), frame));
    now = null;
  }

  private void field(FieldInstruction field, Frame frame) {
    String owner = field.owner().asInternalName();
    Value known = reached.field(owner, field.name().stringValue(), field.typeSymbol());
    boolean isWide = isWide(field.typeSymbol());
    switch (field.opcode()) {
      case GETSTATIC -> {
        reached.initialize(owner);
        frame.push(known, isWide);
      }
      case PUTSTATIC -> frame.pop().value().flowsTo(known);
      case GETFIELD -> {
        frame.pop();
        frame.push(known, isWide);
      }
      default -> {
        frame.pop().value().flowsTo(known);
        frame.pop();
      }
    }
  }

  private static List<Value> arguments(MethodTypeDesc type, Frame frame) {
    List<Value> arguments = new ArrayList<>();
    for (int i = 0; i < type.parameterCount(); i++) {
      arguments.addFirst(frame.pop().value());
    }
    return arguments;
  }

  private static void pushResult(MethodTypeDesc type, Value result, Frame frame) {
    if (!type.returnType().descriptorString().equals("V")) {
      frame.push(result, isWide(type.returnType()));
    }
  }

  private void call(InvokeInstruction call, Frame frame) {
    MethodTypeDesc type = call.typeSymbol();
    List<Value> arguments = arguments(type, frame);
    ReachabilityAnalysis.Kind kind =
        switch (call.opcode()) {
          case INVOKESTATIC -> ReachabilityAnalysis.Kind.STATIC;
          case INVOKESPECIAL -> ReachabilityAnalysis.Kind.EXACT;
          default -> ReachabilityAnalysis.Kind.BY_OBJECT;
        };
    if (kind != ReachabilityAnalysis.Kind.STATIC) {
      arguments.addFirst(frame.pop().value());
    }
    Value result = reached.value(type.returnType());
    pushResult(type, result, frame);
    // Arrays' clone has an array for its owner.
    String owner = call.owner().asInternalName();
    reached.call(
        kind,
        new Method(
            owner.startsWith("[") ? "java/lang/Object" : owner, call.name().stringValue(), type),
        arguments,
        result,
        site());
  }

  private void dynamic(InvokeDynamicInstruction dynamic, Frame frame) {
    MethodTypeDesc type = dynamic.typeSymbol();
    List<Value> arguments = arguments(type, frame);
    Value result = new Value();
    pushResult(type, result, frame);
    if (LAMBDAS.contains(dynamic.bootstrapMethod().owner().descriptorString())) {
      reached.lambda(
          (DirectMethodHandleDesc) dynamic.bootstrapArgs().get(1), arguments, result, site());
    } else if (beginsWithItsFirst(dynamic)) {
      arguments.getFirst().flowsTo(result);
    }
  }

  private ReachabilityAnalysis.Site site() {
    return new ReachabilityAnalysis.Site(method, calls++);
  }

  /** Of a text that is put together, its beginning says what it names. */
  private static boolean beginsWithItsFirst(InvokeDynamicInstruction dynamic) {
    return dynamic.bootstrapMethod().methodName().equals("makeConcatWithConstants")
        && dynamic.bootstrapArgs().getFirst() instanceof String recipe
        && recipe.startsWith("\u0001");
  }

  private static void shuffle(Opcode opcode, Frame frame) {
    switch (opcode) {
      case POP -> frame.popWords(1);
      case POP2 -> frame.popWords(2);
      case DUP -> frame.duplicate(1, 0);
      case DUP_X1 -> frame.duplicate(1, 1);
      case DUP_X2 -> frame.duplicate(1, 2);
      case DUP2 -> frame.duplicate(2, 0);
      case DUP2_X1 -> frame.duplicate(2, 1);
      case DUP2_X2 -> frame.duplicate(2, 2);
      case SWAP -> frame.swap();
      default -> throw new IllegalArgumentException("No instruction of the stack: " + opcode);
    }
  }
}
