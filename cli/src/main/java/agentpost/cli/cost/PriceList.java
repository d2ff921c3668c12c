package agentpost.cli.cost;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What AWS asks in one region, as its price pages had it on one day: {@code prices.json}.
 *
 * @param date when they were read
 */
record PriceList(String region, LocalDate date, Map<Item, Price> prices) {
  /** What there is a price of. */
  enum Item {
    EVENT,
    ARCHIVE_GB,
    ARCHIVE_GB_MONTH,
    API_DESTINATION_CALL,
    SCHEDULE_RUN,
    REST_REQUEST,
    LAMBDA_REQUEST,
    LAMBDA_GB_SECOND,
    TABLE_WRITE,
    LOG_GB,
    LOG_GB_MONTH,
    ALARM,
    DASHBOARD,
    METRIC,
    TRACE,
    SECRET,
    KEY,
    TRANSFER_GB,
    NAT_HOUR,
    NAT_GB,
    ADDRESS_HOUR,
    WEB_ACL,
    WEB_ACL_RULE;

    private String key() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * @param upTo how many in a month cost that; null for all further ones
   */
  record Tier(@Nullable Double upTo, BigDecimal usd) {}

  /**
   * @param per so many units cost what a tier says
   */
  record Price(String unit, long per, List<Tier> tiers, URI source) {
    private static final long MILLION = 1_000_000;

    double of(double quantity) {
      double usd = 0;
      double counted = 0;
      for (Tier tier : tiers) {
        double end = tier.upTo() == null ? quantity : Math.min(quantity, tier.upTo());
        usd += Math.max(0, end - counted) / per * tier.usd().doubleValue();
        counted = Math.max(counted, end);
      }
      return usd;
    }

    /** The first tier's, and where the next begins if so much is needed. */
    String text(double quantity) {
      BigDecimal first = tiers.getFirst().usd();
      String usd = first.setScale(Math.max(2, first.scale())) + (per == MILLION ? "/M" : "");
      Double end = tiers.getFirst().upTo();
      return end == null || quantity <= end ? usd : usd + " (less beyond " + Amount.of(end) + ")";
    }
  }

  static PriceList load() {
    JsonMapper json = new JsonMapper();
    try (InputStream file = PriceList.class.getResourceAsStream("prices.json")) {
      JsonNode root = json.readTree(Objects.requireNonNull(file, "prices.json"));
      Map<String, Price> all =
          json.convertValue(root.path("prices"), new TypeReference<Map<String, Price>>() {});
      Map<Item, Price> prices = new EnumMap<>(Item.class);
      Set<String> unknown = new HashSet<>(all.keySet());
      for (Item item : Item.values()) {
        prices.put(item, Objects.requireNonNull(all.get(item.key()), item.key()));
        unknown.remove(item.key());
      }
      if (!unknown.isEmpty()) {
        throw new IllegalStateException("prices.json has unused prices: " + unknown);
      }
      return new PriceList(
          root.path("region").asText(), LocalDate.parse(root.path("date").asText()), prices);
    } catch (IOException e) {
      throw new UncheckedIOException("prices.json cannot be read", e);
    }
  }

  Price of(Item item) {
    return Objects.requireNonNull(prices.get(item), item.name());
  }
}
