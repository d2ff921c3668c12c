package agentpost.catalog;

import agentpost.address.Cidr;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads lists of ranges of addresses. */
public final class RangesReader {
  /** A function's environment takes 4 KB in all. */
  private static final int MAX_RANGES = 40;

  private RangesReader() {}

  /** The ranges as they are written; empty if the key is not there. */
  public static List<String> read(CatalogNode section, String key) {
    Optional<JsonNode> list = section.get(key);
    if (list.isEmpty()) {
      return List.of();
    }
    if (!list.get().isArray() || list.get().isEmpty() || list.get().size() > MAX_RANGES) {
      section
          .problems()
          .add(
              section.pathOf(key)
                  + " must be a list of 1 to "
                  + MAX_RANGES
                  + " ranges of addresses, such as [192.0.2.0/24, '2001:db8::/32']; got "
                  + CatalogNode.kind(list.get()));
      return List.of();
    }
    List<String> ranges = new ArrayList<>();
    for (JsonNode range : list.get()) {
      if (!range.isTextual() || !Cidr.isValid(range.textValue())) {
        section
            .problems()
            .add(
                section.pathOf(key)
                    + " has "
                    + range
                    + "; a range is like 192.0.2.0/24 or 2001:db8::/32, with no bits beyond its"
                    + " prefix; one address is like 192.0.2.7/32");
      }
      ranges.add(range.asText());
    }
    return ranges;
  }
}
