package agentpost.infra.catalog;

import agentpost.catalog.CatalogNode;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code producers}: other accounts that may put events on the bus. */
final class ProducersReader {
  private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");

  private ProducersReader() {}

  static List<String> read(CatalogNode top) {
    List<String> accounts = new ArrayList<>();
    Optional<JsonNode> list = top.get("producers");
    if (list.isEmpty()) {
      return accounts;
    }
    if (!list.get().isArray() || list.get().isEmpty()) {
      top.problems()
          .add(
              top.pathOf("producers")
                  + " must be a list of AWS accounts; got "
                  + CatalogNode.kind(list.get()));
      return accounts;
    }
    for (int i = 0; i < list.get().size(); i++) {
      JsonNode account = list.get().get(i);
      String path = top.pathOf("producers") + "[" + i + "]";
      if (!(account.isTextual() || account.isIntegralNumber())
          || !ACCOUNT.matcher(account.asText()).matches()) {
        top.problems()
            .add(
                path
                    + " must be the twelve digits of an AWS account, in quotes if they begin with"
                    + " 0; got "
                    + CatalogNode.kind(account));
      } else if (accounts.contains(account.asText())) {
        top.problems().add(path + " is there twice: " + account.asText());
      } else {
        accounts.add(account.asText());
      }
    }
    return accounts;
  }
}
