package agentpost.infra.bytecode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The stack and the local variables at one point of a method. */
final class Frame {
  /**
   * @param wide long or double, which count twice where the stack is shuffled
   */
  record Slot(Value value, boolean wide) {}

  private final List<Slot> stack;
  private final Map<Integer, Value> locals;

  Frame(List<Slot> stack, Map<Integer, Value> locals) {
    this.stack = new ArrayList<>(stack);
    this.locals = new HashMap<>(locals);
  }

  void push(Value value, boolean wide) {
    stack.add(new Slot(value, wide));
  }

  Slot pop() {
    return stack.removeLast();
  }

  void pop(int count) {
    for (int i = 0; i < count; i++) {
      pop();
    }
  }

  void store(int slot, Value value) {
    locals.put(slot, value);
  }

  Value load(int slot) {
    return locals.computeIfAbsent(slot, _ -> new Value());
  }

  /** The same shape with values of its own, which hold what these hold, now and later. */
  Frame joined() {
    Frame join = new Frame(List.of(), Map.of());
    stack.forEach(slot -> join.push(new Value(), slot.wide()));
    locals.keySet().forEach(slot -> join.store(slot, new Value()));
    flowsTo(join);
    return join;
  }

  /** Locals that are not in both are out of scope there. */
  void flowsTo(Frame other) {
    for (int i = 0; i < Math.min(stack.size(), other.stack.size()); i++) {
      stack.get(i).value().flowsTo(other.stack.get(i).value());
    }
    locals.forEach(
        (slot, value) -> {
          Value there = other.locals.get(slot);
          if (there != null) {
            value.flowsTo(there);
          }
        });
  }

  /**
   * DUP, DUP_X1, DUP_X2 and the like: {@code words} from the top, put again below {@code under}
   * more.
   */
  void duplicate(int words, int under) {
    List<Slot> top = take(words);
    List<Slot> between = take(under);
    stack.addAll(top);
    stack.addAll(between);
    stack.addAll(top);
  }

  private List<Slot> take(int words) {
    List<Slot> taken = new ArrayList<>();
    for (int left = words; left > 0; ) {
      Slot slot = pop();
      taken.addFirst(slot);
      left -= slot.wide() ? 2 : 1;
    }
    return taken;
  }

  void popWords(int words) {
    take(words);
  }

  void swap() {
    Slot first = pop();
    Slot second = pop();
    stack.add(first);
    stack.add(second);
  }
}
