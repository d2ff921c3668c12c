package agentpost.local.apigateway;

import agentpost.address.Cidr;
import agentpost.address.Ranges;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A REST API's resource policy, as far as it is about the addresses that calls come from: an
 * explicit deny wins, and what is not allowed is denied. An API without one lets everyone in.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html">Resource
 *     policies</a>
 */
record ResourcePolicy(List<Statement> statements) {
  /** Of an ARN, what stands before the stage: any API of the account is this one. */
  private static final Pattern ARN =
      Pattern.compile("arn:[^:]*:execute-api:[^:]*:[^:]*:[^/]*/|execute-api:/");

  /** Whom a statement is about, beside its resources. */
  private enum CallerAddress {
    EVERYONE,
    IN,
    NOT_IN
  }

  private record Statement(
      boolean allows, List<Pattern> resources, CallerAddress who, Ranges ranges) {
    boolean applies(String resource, String sourceIp) {
      boolean asked =
          switch (who) {
            case EVERYONE -> true;
            case IN -> ranges.contains(sourceIp);
            case NOT_IN -> !ranges.contains(sourceIp);
          };
      return asked && resources.stream().anyMatch(pattern -> pattern.matcher(resource).matches());
    }
  }

  /**
   * @throws IllegalArgumentException naming what the local cloud does not enforce
   */
  static ResourcePolicy of(JsonNode document) {
    List<Statement> statements = new ArrayList<>();
    document.path("Statement").forEach(statement -> statements.add(statement(statement)));
    return new ResourcePolicy(statements);
  }

  /**
   * Whether a call comes in.
   *
   * @param resource stage, method and path as they were written, such as {@code
   *     prod/POST/webhooks/crm}
   */
  boolean lets(String resource, String sourceIp) {
    if (statements.isEmpty()) {
      return true;
    }
    List<Statement> applying =
        statements.stream().filter(statement -> statement.applies(resource, sourceIp)).toList();
    return applying.stream().anyMatch(Statement::allows)
        && applying.stream().allMatch(Statement::allows);
  }

  private static Statement statement(JsonNode statement) {
    requireKnown(
        statement, Set.of("Sid", "Effect", "Principal", "Action", "Resource", "Condition"));
    String principal =
        statement.path("Principal").isTextual()
            ? statement.path("Principal").asText()
            : statement.path("Principal").path("AWS").asText();
    if (!principal.equals("*")
        || !texts(statement.path("Action")).equals(List.of("execute-api:Invoke"))) {
      throw new IllegalArgumentException(
          "of resource policies the local cloud enforces Principal * and Action execute-api:Invoke"
              + " only; got "
              + statement);
    }
    List<Pattern> resources =
        texts(statement.path("Resource")).stream().map(ResourcePolicy::pattern).toList();
    boolean allows = statement.path("Effect").asText().equals("Allow");
    for (Map.Entry<String, JsonNode> condition : statement.path("Condition").properties()) {
      requireKnown(statement.path("Condition"), Set.of("IpAddress", "NotIpAddress"));
      requireKnown(condition.getValue(), Set.of("aws:SourceIp"));
      Ranges ranges =
          new Ranges(
              texts(condition.getValue().path("aws:SourceIp")).stream()
                  .map(range -> Cidr.of(withPrefixLength(range)))
                  .toList());
      return new Statement(
          allows,
          resources,
          condition.getKey().equals("IpAddress") ? CallerAddress.IN : CallerAddress.NOT_IN,
          ranges);
    }
    return new Statement(allows, resources, CallerAddress.EVERYONE, Ranges.NONE);
  }

  /** IAM takes an address for a range of one. */
  private static String withPrefixLength(String range) {
    return range.indexOf('/') >= 0 ? range : range + (range.indexOf(':') >= 0 ? "/128" : "/32");
  }

  private static Pattern pattern(String resource) {
    if (!ARN.matcher(resource).lookingAt()) {
      throw new IllegalArgumentException(
          "a resource of a resource policy is like execute-api:/stage/METHOD/path; got "
              + resource);
    }
    String path = ARN.matcher(resource).replaceFirst("");
    return Pattern.compile("\\Q" + path.replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q") + "\\E");
  }

  private static void requireKnown(JsonNode node, Set<String> keys) {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!keys.contains(key)) {
                throw new IllegalArgumentException(
                    "of resource policies the local cloud does not enforce " + key);
              }
            });
  }

  private static List<String> texts(JsonNode node) {
    return (node.isArray() ? node.valueStream() : Stream.of(node)).map(JsonNode::asText).toList();
  }
}
