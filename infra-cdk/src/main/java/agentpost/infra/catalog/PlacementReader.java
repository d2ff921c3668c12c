package agentpost.infra.catalog;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.CatalogNode;
import agentpost.infra.catalog.Catalog.Capability;
import agentpost.infra.catalog.Catalog.Placement;
import agentpost.infra.catalog.Catalog.Work;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;

/**
 * Reads where an agent lives and where a processor's work is done.
 *
 * @param dialects names of the ways in which external agents may take events
 * @param email whether the catalog says who writes e-mails and who reads alerts
 * @param processors whether there is a hosted one, at which agents start operations
 */
record PlacementReader(
    List<String> problems, SortedSet<String> dialects, boolean email, boolean processors) {
  private static final Pattern CLASS =
      Pattern.compile("[a-z][a-z0-9]*+(?:\\.[a-z][a-z0-9]*+)*+\\.[A-Z][A-Za-z0-9]*+");

  /**
   * An account has 1000 concurrent executions by default quota, and Lambda keeps 100 of them
   * unreserved.
   */
  private static final int MAX_RESERVED_CONCURRENCY = 900;

  /** An event source mapping's MaximumConcurrency is 2 to 1000. */
  private static final int MIN_CONCURRENCY = 2;

  private static final int MAX_CONCURRENCY = 1000;
  private static final int DEFAULT_CONCURRENCY = 5;

  Placement of(CatalogNode agent) {
    Optional<CatalogNode> hosted = agent.section("hosted", "handler", "uses", "concurrency");
    Optional<CatalogNode> external = agent.section("external", "url", "challenge", "dialect");
    if (hosted.isPresent() == external.isPresent()) {
      problems.add(
          agent.path() + " must have either hosted: {handler: …} or external: {url: https://…}");
    }
    if (external.isPresent()) {
      return external(external.get());
    }
    String handler =
        hosted.map(section -> handler(section, "agentpost.onboarding.WelcomeHandler")).orElse("");
    return new Placement.Hosted(
        handler,
        hosted.map(this::uses).orElse(Set.of()),
        hosted.map(PlacementReader::concurrency).orElse(OptionalInt.empty()));
  }

  private Placement.External external(CatalogNode external) {
    URI url =
        external
            .text(
                "url",
                "an https URL with a host of letters, digits, hyphens and dots, and without user"
                    + " information and fragment",
                PlacementReader::isUsable)
            .map(URI::create)
            .orElse(URI.create("https://invalid.invalid"));
    String dialect = external.name("dialect", dialects, AgentSettings.DEFAULT_DIALECT);
    return new Placement.External(
        url, new AgentSettings.External(isAsked(external, dialect), dialect));
  }

  /**
   * YAML takes {@code off} for false. The challenge is our own JSON whatever the dialect: a chat
   * would never answer it, so nothing would ever be delivered.
   */
  private boolean isAsked(CatalogNode external, String dialect) {
    Optional<String> challenge = external.get("challenge").map(JsonNode::asText);
    if (challenge.isEmpty() && !dialect.equals(AgentSettings.DEFAULT_DIALECT)) {
      problems.add(
          external.path()
              + " with dialect: "
              + dialect
              + " needs challenge: off, or challenge: on if its receiver answers agentpost's own"
              + " challenge, which no dialect translates");
    }
    return switch (challenge.orElse("on")) {
      case "on", "true" -> true;
      case "off", "false" -> false;
      default -> {
        problems.add(external.pathOf("challenge") + " must be off or on; got " + challenge.get());
        yield true;
      }
    };
  }

  static Work work(CatalogNode processor) {
    Optional<CatalogNode> hosted = processor.section("hosted", "handler", "concurrency");
    Optional<CatalogNode> external = processor.section("external");
    if (hosted.isPresent() == external.isPresent()) {
      processor
          .problems()
          .add(processor.path() + " must have either hosted: {handler: …} or external: {}");
    }
    external.ifPresent(
        section ->
            section
                .node()
                .fieldNames()
                .forEachRemaining(
                    key ->
                        processor
                            .problems()
                            .add(section.pathOf(key) + " is not a key; there are none")));
    return hosted
        .<Work>map(
            section ->
                new Work.Hosted(
                    handler(section, "agentpost.calendar.CalendarHandler"),
                    section.integer(
                        "concurrency", MIN_CONCURRENCY, MAX_CONCURRENCY, DEFAULT_CONCURRENCY)))
        .orElseGet(Work.External::new);
  }

  private static String handler(CatalogNode hosted, String example) {
    return hosted
        .text("handler", "a class, such as " + example, text -> CLASS.matcher(text).matches())
        .orElse("");
  }

  private static OptionalInt concurrency(CatalogNode hosted) {
    return hosted.get("concurrency").isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(hosted.integer("concurrency", 1, MAX_RESERVED_CONCURRENCY, 1));
  }

  private static boolean isUsable(String url) {
    try {
      URI uri = URI.create(url);
      return "https".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getFragment() == null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Set<Capability> uses(CatalogNode hosted) {
    Set<Capability> uses = EnumSet.noneOf(Capability.class);
    List<String> known =
        Arrays.stream(Capability.values()).map(use -> use.name().toLowerCase(Locale.ROOT)).toList();
    hosted
        .get("uses")
        .ifPresent(
            list -> {
              if (!list.isArray()) {
                problems.add(
                    hosted.pathOf("uses") + " must be a list of " + String.join(", ", known));
              }
              for (JsonNode item : list) {
                if (known.contains(item.asText())) {
                  uses.add(Capability.valueOf(item.asText().toUpperCase(Locale.ROOT)));
                } else {
                  problems.add(
                      hosted.pathOf("uses")
                          + " has "
                          + item
                          + "; there are "
                          + String.join(", ", known));
                }
              }
            });
    if (!email && (uses.contains(Capability.EMAIL) || uses.contains(Capability.SUPPORT))) {
      problems.add(
          hosted.pathOf("uses")
              + " has email or support, so the catalog needs email: {from: …, support: …}");
    }
    if (!processors && uses.contains(Capability.OPERATIONS)) {
      problems.add(
          hosted.pathOf("uses")
              + " has operations, so the catalog needs processors: {NAME: {hosted: {handler: …}}}");
    }
    return uses;
  }
}
