package agentpost.cli.cost;

import agentpost.cli.cost.PriceList.Item;
import java.util.Map;

/**
 * What events cost that go to one agent outside, whose functions start without a snapshot, while
 * its secret is there for an hour.
 */
public record RunCost(int events, int attempts) {
  /** Of the relay and of the receiver, each with a GB of memory. */
  private static final int SECONDS_PER_ATTEMPT = 4;

  public double usd() {
    PriceList prices = PriceList.load();
    Map<Item, Double> used =
        Map.of(
            Item.EVENT,
            (double) events,
            Item.API_DESTINATION_CALL,
            (double) attempts,
            Item.REST_REQUEST,
            (double) attempts,
            Item.LAMBDA_REQUEST,
            2.0 * attempts,
            Item.LAMBDA_GB_SECOND,
            (double) SECONDS_PER_ATTEMPT * attempts,
            Item.TABLE_WRITE,
            2.0 * attempts,
            Item.SECRET,
            1 / Workload.HOURS);
    return used.entrySet().stream()
        .mapToDouble(item -> prices.of(item.getKey()).of(item.getValue()))
        .sum();
  }
}
