package agentpost.schemas;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The name that was meant, most likely: {@code required} for {@code requried}. */
final class NearestName {
  private static final int MAX_DISTANCE = 2;

  private NearestName() {}

  static Optional<String> of(String name, Collection<String> known) {
    return known.stream()
        .filter(each -> distance(name, each) <= MAX_DISTANCE)
        .min(Comparator.comparingInt(each -> distance(name, each)));
  }

  /** Levenshtein's, of the texts without regard to case. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int isOther =
            Character.toLowerCase(one.charAt(i - 1)) == Character.toLowerCase(other.charAt(j - 1))
                ? 0
                : 1;
        int above = row[j];
        row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + isOther);
        diagonal = above;
      }
    }
    return row[row.length - 1];
  }
}
