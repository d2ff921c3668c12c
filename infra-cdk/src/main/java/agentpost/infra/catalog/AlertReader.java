package agentpost.infra.catalog;

import agentpost.catalog.CatalogNode;
import agentpost.infra.catalog.Catalog.AlertSource;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code alerts}: which of the account's own alerts become events. None unless the catalog
 * says so: they are the whole account's.
 */
final class AlertReader {
  private static final List<String> KNOWN =
      Arrays.stream(AlertSource.values())
          .map(source -> source.name().toLowerCase(Locale.ROOT))
          .toList();

  private AlertReader() {}

  static Set<AlertSource> read(CatalogNode top) {
    Set<AlertSource> alerts = EnumSet.noneOf(AlertSource.class);
    Optional<JsonNode> list = top.get("alerts");
    if (list.isPresent() && !list.get().isArray()) {
      top.problems()
          .add(
              top.pathOf("alerts")
                  + " must be a list of "
                  + String.join(", ", KNOWN)
                  + "; got "
                  + CatalogNode.kind(list.get()));
      return alerts;
    }
    for (JsonNode item : list.orElseGet(() -> top.node().arrayNode())) {
      if (item.isTextual() && KNOWN.contains(item.textValue())) {
        alerts.add(AlertSource.valueOf(item.textValue().toUpperCase(Locale.ROOT)));
      } else {
        top.problems()
            .add(
                top.pathOf("alerts")
                    + " may have "
                    + String.join(", ", KNOWN)
                    + "; got "
                    + CatalogNode.kind(item));
      }
    }
    return alerts;
  }
}
