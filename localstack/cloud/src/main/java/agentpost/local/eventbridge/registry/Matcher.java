package agentpost.local.eventbridge.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import software.amazon.event.ruler.Machine;

/** Which enabled rules of a bus an event matches, by AWS's own event-ruler. */
public final class Matcher {
  private volatile Machine machine = Machine.builder().build();

  void rebuild(Collection<Registry.Rule> rules) {
    Machine fresh = Machine.builder().build();
    for (Registry.Rule rule : rules) {
      if (rule.isEnabled() && rule.pattern().isPresent()) {
        try {
          fresh.addRule(rule.name(), rule.pattern().get());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    machine = fresh;
  }

  public List<String> findMatching(String event) {
    try {
      return machine.rulesForJSONEvent(event).stream().sorted().toList();
    } catch (Exception e) {
      throw new IllegalStateException("The matcher cannot read an event that was accepted", e);
    }
  }
}
