package agentpost.local.nothinglost;

import java.util.ArrayList;
import java.util.List;

/**
 * SQS at its most unhelpful: fewer letters than are asked for, in any order, old receipts honoured
 * or not, and now and then a letter that is hidden.
 */
final class FlakyQueue implements MemoryQueue.Whims {
  private static final double SHOWS_HIDDEN = 0.02;

  private final Simulation simulation;

  FlakyQueue(Simulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public List<Integer> chosen(int visible, int most) {
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < visible; place++) {
      places.add(simulation.dice().nextInt(place + 1), place);
    }
    int fewest = Math.min(1, visible);
    return places.subList(
        0,
        Math.min(
            most,
            simulation.dice().nextInt(4) == 0
                ? simulation.dice().nextInt(fewest, visible + 1)
                : visible));
  }

  @Override
  public boolean honoursOldReceipt() {
    boolean honours = simulation.dice().nextBoolean();
    simulation.journal().count("queue: old receipt " + (honours ? "honoured" : "ignored"));
    return honours;
  }

  @Override
  public boolean refusesOldReceipt() {
    boolean refuses = simulation.dice().nextBoolean();
    simulation.journal().count("queue: deleting nothing is " + (refuses ? "an error" : "no error"));
    return refuses;
  }

  @Override
  public boolean showsHidden() {
    boolean shows = simulation.rates().store() > 0 && simulation.strikes(SHOWS_HIDDEN);
    if (shows) {
      simulation.journal().count("queue: a hidden letter shown");
    }
    return shows;
  }
}
