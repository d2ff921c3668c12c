package agentpost.infra.bytecode;

import agentpost.infra.bytecode.Value.Atom;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requests to AWS, by the calls that make them: those of clients, and those by which builders are
 * told what a request is about.
 */
final class AwsRequests {
  private static final Pattern CLIENT =
      Pattern.compile("software/amazon/awssdk/services/([a-z0-9]+)/[A-Za-z0-9]+Client");
  private static final Pattern BUILDER =
      Pattern.compile("software/amazon/awssdk/services/([a-z0-9]+)/model/([A-Za-z0-9]+)\\$Builder");

  /** Of clients, and no calls of AWS. */
  private static final Set<String> OF_CLIENTS =
      Set.of(
          "builder",
          "create",
          "close",
          "serviceName",
          "utilities",
          "waiter",
          "serviceClientConfiguration",
          "<init>");

  /** Lambda's Invoke without a client of the SDK's: {@code agentpost.delivery.InvokeClient}. */
  private static final String INVOKE_CLIENT = "agentpost/delivery/InvokeClient";

  /** Parameters of requests that name a resource, or a part of one. */
  private static final Set<String> NAMING =
      Set.of(
          "tableName",
          "indexName",
          "requestItems",
          "queueUrl",
          "queueName",
          "secretId",
          "path",
          "eventBusName",
          "rule",
          "groupName",
          "roleArn",
          "fromEmailAddress",
          "functionName",
          "bucket",
          "keyId",
          "topicArn",
          "stateMachineArn",
          "names",
          "name",
          "namespace");

  /** Parts of requests that stand for operations of their own. */
  private static final Map<String, String> PARTS =
      Map.of(
          "dynamodb/Put", "PutItem",
          "dynamodb/Update", "UpdateItem",
          "dynamodb/Delete", "DeleteItem",
          "dynamodb/Get", "GetItem",
          "dynamodb/ConditionCheck", "ConditionCheckItem",
          "eventbridge/PutEventsRequestEntry", "PutEvents",
          "scheduler/Target", "PassRole",
          "eventbridge/Target", "PassRole");

  private record Request(String service, String operation, String where) {}

  private final Map<Request, Map<String, Set<Value>>> built = new LinkedHashMap<>();
  private final Set<Request> sent = new LinkedHashSet<>();

  static boolean isClient(String owner) {
    return CLIENT.matcher(owner).matches();
  }

  /**
   * @param first the first argument, if it has one
   */
  void called(Method called, Optional<Value> first, Method from) {
    Matcher client = CLIENT.matcher(called.owner());
    if (client.matches() && !OF_CLIENTS.contains(called.name())) {
      String operation = called.name().replaceFirst("Paginator$", "");
      sent.add(
          new Request(
              client.group(1),
              Character.toUpperCase(operation.charAt(0)) + operation.substring(1),
              from.shown()));
    }
    if (called.owner().equals(INVOKE_CLIENT) && called.name().equals("invoke")) {
      add(new Request("lambda", "Invoke", from.shown()), "functionName", first.orElseThrow());
    }
    Matcher builder = BUILDER.matcher(called.owner());
    if (builder.matches() && NAMING.contains(called.name()) && first.isPresent()) {
      String type = builder.group(2);
      Optional<String> operation =
          Optional.ofNullable(PARTS.get(builder.group(1) + "/" + type))
              .or(
                  () ->
                      type.endsWith("Request")
                          ? Optional.of(type.substring(0, type.length() - "Request".length()))
                          : Optional.empty());
      boolean passes = called.name().equals("roleArn");
      operation
          .filter(of -> of.equals("PassRole") == passes)
          .ifPresent(
              of ->
                  add(
                      new Request(
                          of.equals("PassRole") ? "iam" : builder.group(1), of, from.shown()),
                      called.name(),
                      first.get()));
    }
  }

  private void add(Request request, String parameter, Value value) {
    built
        .computeIfAbsent(request, _ -> new TreeMap<>())
        .computeIfAbsent(parameter, _ -> new LinkedHashSet<>())
        .add(value);
  }

  /** Every request that is built, and every call of a client for which none is. */
  Set<AwsUse> uses() {
    Set<AwsUse> uses = new LinkedHashSet<>();
    built.forEach(
        (request, parameters) -> {
          Map<String, Set<String>> settings = new TreeMap<>();
          Map<String, Set<String>> texts = new TreeMap<>();
          parameters.forEach(
              (name, values) ->
                  values.forEach(
                      value -> {
                        for (Atom atom : value.atoms()) {
                          switch (atom) {
                            case Atom.Setting(var setting) ->
                                settings.computeIfAbsent(name, _ -> new TreeSet<>()).add(setting);
                            case Atom.Text(var text) ->
                                texts.computeIfAbsent(name, _ -> new TreeSet<>()).add(text);
                            case Atom.Code _ -> {}
                          }
                        }
                      }));
          uses.add(
              new AwsUse(request.service(), request.operation(), settings, texts, request.where()));
        });
    sent.stream()
        .filter(
            call ->
                built.keySet().stream()
                    .noneMatch(
                        request ->
                            request.service().equals(call.service())
                                && request.operation().equals(call.operation())))
        // What a transaction asks for is in its parts.
        .filter(call -> !call.operation().startsWith("Transact"))
        .forEach(
            call ->
                uses.add(
                    new AwsUse(
                        call.service(), call.operation(), Map.of(), Map.of(), call.where())));
    return uses;
  }
}
