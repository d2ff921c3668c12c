package agentpost.cli.cost;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Numbers as a person reads them. */
final class Amount {
  private static final double MILLION = 1_000_000;

  private Amount() {}

  /** {@code 262.8 M}, {@code 43,800}. */
  static String of(double quantity) {
    return quantity >= MILLION
        ? format("#,##0.#", quantity / MILLION) + " M"
        : format("#,##0.###", quantity);
  }

  static String usd(double usd) {
    return format("#,##0.00", usd);
  }

  private static String format(String pattern, double number) {
    return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number);
  }
}
