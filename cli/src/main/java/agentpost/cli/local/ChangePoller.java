package agentpost.cli.local;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Finds out, one look after the other, which files have changed, and has them applied when nobody
 * is writing them any more. What could not be read or applied is tried again.
 */
final class ChangePoller {
  /** Looks that a failed attempt waits for at most, while nothing else changes. */
  private static final int MAX_WAIT = 60;

  /** The files as they are now. */
  @FunctionalInterface
  interface Look {
    /**
     * @throws IOException if they cannot be read now; mostly another program takes one away that
     *     moment
     */
    SourceSnapshot take() throws IOException;
  }

  @FunctionalInterface
  interface Update {
    /**
     * @param changed paths in the project
     * @return those of them that had an error, which may be another file's: they are changed still
     *     when that one is
     * @throws IOException if nothing came of it, and it is to be tried again as it is
     */
    Set<String> apply(Set<String> changed) throws IOException, InterruptedException;
  }

  private final Look look;
  private final Update update;
  private final Consumer<String> out;
  private Optional<SourceSnapshot> done = Optional.empty();
  private Optional<SourceSnapshot> seen = Optional.empty();
  private Set<String> left = Set.of();
  private String told = "";
  private int wait;
  private int waited;

  /** What is edited from now on has changed. */
  ChangePoller(Look look, Update update, Consumer<String> out) throws InterruptedException {
    this.look = look;
    this.update = update;
    this.out = out;
    poll();
  }

  void poll() throws InterruptedException {
    try {
      Optional<SourceSnapshot> now = Optional.of(look.take());
      boolean isQuiet = now.equals(seen);
      seen = now;
      if (done.isEmpty()) {
        done = now;
      } else if (!isQuiet) {
        wait = 0;
        waited = 0;
      } else if (!now.equals(done) && waited++ >= wait) {
        apply(now.get(), done.get());
        done = now;
      }
      if (now.equals(done)) {
        told = "";
      }
    } catch (IOException | RuntimeException e) {
      if (!told.equals(e.toString())) {
        out.accept("changes could not be read; trying again: " + e);
      }
      told = e.toString();
    }
  }

  /** Whether something was edited while what was seen is being applied. */
  boolean isOutdated() throws IOException {
    return !Optional.of(look.take()).equals(seen);
  }

  private void apply(SourceSnapshot now, SourceSnapshot before)
      throws IOException, InterruptedException {
    wait = Math.min(2 * wait + 1, MAX_WAIT);
    waited = 0;
    Set<String> changed = new TreeSet<>(now.changesSince(before));
    changed.addAll(left);
    left = Set.copyOf(update.apply(changed));
    wait = 0;
  }
}
