package agentpost.local.eventbridge.schedule;

import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.TreeSet;

/** One field of a cron expression: values, ranges and steps, separated by commas. */
final class CronField {
  private CronField() {}

  /**
   * @param names of the values from the least on; empty if they have none
   * @throws IllegalArgumentException if it is none
   */
  static NavigableSet<Integer> values(String field, int least, int most, List<String> names) {
    NavigableSet<Integer> values = new TreeSet<>();
    for (String part : field.split(",", -1)) {
      String[] stepped = part.split("/", -1);
      if (stepped.length > 2) {
        throw new IllegalArgumentException("more than one step: " + part);
      }
      int step = stepped.length == 2 ? number(stepped[1], 1, most, List.of()) : 1;
      int from;
      int to;
      if (stepped[0].equals("*")) {
        from = least;
        to = most;
      } else if (stepped[0].contains("-")) {
        String[] range = stepped[0].split("-", -1);
        if (range.length != 2) {
          throw new IllegalArgumentException("no range: " + part);
        }
        from = number(range[0], least, most, names);
        to = number(range[1], least, most, names);
      } else {
        from = number(stepped[0], least, most, names);
        to = stepped.length == 2 ? most : from;
      }
      // A range may go past the end, as FRI-MON does.
      int length = to - from + (to < from ? most - least + 1 : 0);
      for (int i = 0; i <= length; i += step) {
        values.add((from - least + i) % (most - least + 1) + least);
      }
    }
    return values;
  }

  /**
   * @throws IllegalArgumentException if it is none, or not between these
   */
  static int number(String text, int least, int most, List<String> names) {
    int named = names.indexOf(text.toUpperCase(Locale.ROOT));
    if (named >= 0) {
      return named + least;
    }
    if (!text.matches("[0-9]{1,4}")) {
      throw new IllegalArgumentException("no number: " + text);
    }
    int number = Integer.parseInt(text);
    if (number < least || number > most) {
      throw new IllegalArgumentException(text + " is not from " + least + " to " + most);
    }
    return number;
  }
}
