package agentpost.infra.bytecode;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a variable, a field, a parameter or a place on the stack may hold, as far as it matters. It
 * grows, and who listens hears of all there is.
 */
final class Value {
  /** A piece of what a value may be made of. */
  sealed interface Atom {
    /** A constant. */
    record Text(String text) implements Atom {}

    /** What an environment variable holds. */
    record Setting(String name) implements Atom {}

    /**
     * A lambda or a method reference.
     *
     * @param free parameters that its caller gives
     */
    record Code(List<Value> free, Value result) implements Atom {
      // Each is only itself: its parts are not data.
      @Override
      public boolean equals(Object other) {
        return this == other;
      }

      @Override
      public int hashCode() {
        return System.identityHashCode(this);
      }
    }
  }

  /** What something can hold, by its type; what it cannot does not flow through it either. */
  enum Holds {
    /** A number, a time, or an object of ours: what its fields hold is known by the fields. */
    NOTHING,
    TEXTS,
    ALL
  }

  private final Holds holds;
  private final Set<Atom> atoms = new LinkedHashSet<>();
  private final List<Consumer<Atom>> listeners = new ArrayList<>();
  private final Set<Value> successors = new LinkedHashSet<>();

  Value() {
    this(Holds.ALL);
  }

  Value(Holds holds) {
    this.holds = holds;
  }

  void add(Atom atom) {
    if (holds != Holds.NOTHING
        && (holds == Holds.ALL || !(atom instanceof Atom.Code))
        && atoms.add(atom)) {
      // Who begins to listen meanwhile has been told already, and does not mind to hear it again.
      for (int i = 0; i < listeners.size(); i++) {
        listeners.get(i).accept(atom);
      }
    }
  }

  void hear(Consumer<Atom> listener) {
    listeners.add(listener);
    List.copyOf(atoms).forEach(listener);
  }

  void flowsTo(Value other) {
    if (other != this && successors.add(other)) {
      hear(other::add);
    }
  }

  Set<Atom> atoms() {
    return Set.copyOf(atoms);
  }
}
