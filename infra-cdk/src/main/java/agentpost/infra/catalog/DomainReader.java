package agentpost.infra.catalog;

import agentpost.catalog.CatalogNode;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code domain}: a name of one's own for the API. */
final class DomainReader {
  /** API Gateway takes no capital letters; a star is for many names, and this is one. */
  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?+\\.)++[a-z]{2,63}");

  private static final Pattern CERTIFICATE =
      Pattern.compile(
          "arn:aws(?:-cn|-us-gov)?+:acm:[a-z]{2}(?:-[a-z]{2,9}){1,2}+-[0-9]:[0-9]{12}:certificate/[0-9a-f-]{36}");

  private static final Pattern ZONE = Pattern.compile("Z[0-9A-Z]{1,31}");

  private DomainReader() {}

  static Optional<Catalog.Domain> read(CatalogNode top) {
    return top.section("domain", "name", "certificate", "zone")
        .map(
            section ->
                new Catalog.Domain(
                    text(section, "name", "a domain name, such as events.example.com", NAME),
                    text(
                        section,
                        "certificate",
                        "the ARN of a certificate of ACM, such as"
                            + " arn:aws:acm:eu-central-1:111122223333:certificate/…",
                        CERTIFICATE),
                    text(
                        section, "zone", "the id of a hosted zone, such as Z0123456789ABC", ZONE)));
  }

  private static String text(CatalogNode section, String key, String what, Pattern pattern) {
    return section.text(key, what, text -> pattern.matcher(text).matches()).orElse("");
  }
}
