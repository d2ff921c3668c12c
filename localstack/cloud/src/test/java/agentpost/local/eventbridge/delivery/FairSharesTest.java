package agentpost.local.eventbridge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Who gets a place. */
class FairSharesTest {
  /**
   * However many places are taken and not given back: no more than there are, but for one of each,
   * and who comes gets one.
   */
  @Property
  void whoeverHoldsOnToPlacesLeavesOneToEachOther(
      @ForAll @IntRange(min = 2, max = 300) int places,
      @ForAll @Size(max = 600) List<@IntRange(max = 30) Integer> who) {
    FairShares shares = new FairShares(places);
    Map<Integer, Integer> held = new HashMap<>();
    for (int one : who) {
      if (shares.take("" + one, Integer.MAX_VALUE)) {
        held.merge(one, 1, Integer::sum);
      }
    }
    int taken = held.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(taken).isLessThanOrEqualTo(places + held.size());
    assertThat(held.values()).allMatch(some -> some <= places / 2 + 1);
    assertThat(shares.take("newcomer", Integer.MAX_VALUE)).isTrue();
    shares.give("newcomer");
    held.forEach((one, some) -> IntStream.range(0, some).forEach(_ -> shares.give("" + one)));
    assertThat(IntStream.range(0, places).filter(_ -> shares.take("a", Integer.MAX_VALUE)))
        .hasSize((places + 1) / 2);
  }

  @Test
  void nobodyGetsMoreThanTheirOwnMost() {
    FairShares shares = new FairShares(100);
    assertThat(IntStream.range(0, 50).filter(_ -> shares.take("a", 7))).hasSize(7);
    shares.give("a");
    assertThat(shares.take("a", 7)).isTrue();
    assertThat(shares.take("a", 7)).isFalse();
  }

  @Test
  void allOrNone() {
    FairShares shares = new FairShares(4);
    assertThat(shares.takeAll(List.of("a", "a"))).isTrue();
    assertThat(shares.takeAll(List.of("b", "b", "a"))).isFalse();
    assertThat(shares.takeAll(List.of("b"))).isTrue();
  }
}
