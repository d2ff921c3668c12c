package agentpost.local.iam;

import agentpost.local.cloudformation.UnsupportedTemplateException;
import agentpost.local.policy.ActionRequest;
import agentpost.local.policy.Decision;
import agentpost.local.policy.Policy;
import agentpost.local.policy.Principal;
import agentpost.local.policy.ResourcePolicies;
import agentpost.local.wire.AwsException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * What the roles and resource policies of a template allow, and that it is kept to: by functions,
 * by services that were given a role, and by services that call something with a policy of its own.
 * A template without a single role is a sketch, and nothing is asked of it. What people do, and
 * what they made by hand, is theirs.
 */
public final class Authorizer {
  public static final String ACCOUNT = "000000000000";
  private static final String ROLE = "arn:aws:iam::" + ACCOUNT + ":role/";

  /**
   * Services that answer with 400 and tell errors by the body alone; the others answer with 403.
   */
  private static final Set<String> BY_BODY =
      Set.of("dynamodb", "events", "secretsmanager", "ssm", "logs", "states");

  private final BiConsumer<String, String> log;
  private final Map<String, Role> roles = new ConcurrentHashMap<>();

  /** Roles' ARNs by functions' names. */
  private final Map<String, String> functions = new ConcurrentHashMap<>();

  private final ResourcePolicies resources;
  private final Set<String> rules = ConcurrentHashMap.newKeySet();

  /**
   * @param resources the policies of resources, which others may know too
   * @param log takes whom it is about, a function's name among them, and a line
   */
  public Authorizer(ResourcePolicies resources, BiConsumer<String, String> log) {
    this.resources = resources;
    this.log = log;
  }

  /** Why a service may not. */
  public sealed interface Refusal {
    String why();

    /** The role does not let the service have it, or there is none. */
    record CannotAssume(String why) implements Refusal {}

    record NotAllowed(String why) implements Refusal {}
  }

  public boolean areHeld() {
    return !roles.isEmpty();
  }

  /** The role's ARN. */
  String declare(String name, Policy trust) {
    roles.computeIfAbsent(ROLE + name, arn -> new Role(name, arn, trust)).trust(trust);
    return ROLE + name;
  }

  void forgetRole(String roleArn) {
    roles.remove(roleArn);
  }

  /**
   * @throws IllegalArgumentException if there is no such role
   */
  void attach(String roleName, String policyName, Policy policy) {
    Role role = roles.get(ROLE + roleName);
    if (role == null) {
      throw new IllegalArgumentException(
          "its policy is for the role " + roleName + ", which the template does not declare");
    }
    role.put(policyName, policy);
  }

  void giveTo(String function, String roleArn) {
    functions.put(function, roleArn);
  }

  public Optional<String> roleOf(String function) {
    return Optional.ofNullable(functions.get(function));
  }

  /** A rule that a template declares, and that therefore has to have what it needs. */
  void ruleOfTemplate(String ruleArn) {
    rules.add(ruleArn);
  }

  /** A policy that the template does not have any more, wherever it was. */
  void withdraw(String policy) {
    roles.values().forEach(role -> role.remove(policy));
    resources.withdraw(policy);
  }

  /** What the template does not have any more, a function by its name among them. */
  void forget(String name, String arn) {
    functions.remove(name);
    resources.forget(arn);
    rules.remove(arn);
  }

  /**
   * @throws UnsupportedTemplateException naming every function that has no role Lambda can take
   */
  public void requireRoles() {
    List<String> without =
        functions.keySet().stream()
            .filter(
                function ->
                    areHeld()
                        && !trusts(functions.getOrDefault(function, ""), "lambda.amazonaws.com"))
            .sorted()
            .toList();
    if (!without.isEmpty()) {
      throw new UnsupportedTemplateException(
          "Functions have no role that the template declares and that lambda.amazonaws.com may"
              + " take: "
              + String.join(", ", without));
    }
  }

  private boolean trusts(String roleArn, String service) {
    return Optional.ofNullable(roles.get(roleArn))
        .map(role -> role.trusts(service, Map.of()))
        .orElse(false);
  }

  /** The function whose processes have this access key id. */
  public Optional<String> functionOfKey(String accessKeyId) {
    return functions.keySet().stream()
        .filter(function -> accessKeyId(function).equals(accessKeyId))
        .findFirst();
  }

  /**
   * What a function's processes of its own sign with: its name, with X for a hyphen, since DynamoDB
   * Local takes letters and digits only. The catalog's names have no capitals, so that no two
   * functions have one key.
   */
  public static String accessKeyId(String function) {
    return function.replace('-', 'X').replaceAll("[^A-Za-z0-9]", "");
  }

  /**
   * Lets a function's calls pass, if its role does.
   *
   * @param caller a function's name; any other is a person, who may do everything
   * @param service as requests are signed for it
   * @throws AwsException naming the function, its role, the action and the resource; they are in
   *     the function's log, too
   */
  public void require(String caller, String service, Supplier<List<ActionRequest>> calls) {
    String roleArn = functions.get(caller);
    if (roleArn == null || !areHeld()) {
      return;
    }
    for (ActionRequest call : calls.get()) {
      Role role = roles.get(roleArn);
      Decision decision = role == null ? Decision.NOT_ALLOWED : decide(role, call);
      if (decision != Decision.ALLOWED) {
        String why = message(role == null ? roleArn : role.name(), caller, call, decision);
        log.accept(caller, "AccessDeniedException: " + why);
        throw new AwsException(BY_BODY.contains(service) ? 400 : 403, "AccessDeniedException", why);
      }
    }
  }

  /** In one account, what the role or the resource allows and neither denies is allowed. */
  private Decision decide(Role role, ActionRequest call) {
    Decision byResource =
        resources.decide(new Principal.Role(role.arn()), call).orElse(Decision.NOT_ALLOWED);
    Decision byRole = decideByRole(role, call);
    return byResource == Decision.DENIED || byRole == Decision.NOT_ALLOWED ? byResource : byRole;
  }

  private static Decision decideByRole(Role role, ActionRequest call) {
    Decision decision = role.decide(call);
    int at = call.resource().indexOf('@');
    int identity = call.resource().indexOf(":identity/");
    // SES takes the address's own identity, or else its domain's; which of them is verified is not
    // known here.
    return decision == Decision.NOT_ALLOWED && identity >= 0 && at > identity
        ? role.decide(
            new ActionRequest(
                call.action(),
                call.resource().substring(0, identity)
                    + ":identity/"
                    + call.resource().substring(at + 1),
                call.context()))
        : decision;
  }

  /** As AWS words it (IAM user guide, "Troubleshoot access denied error messages"). */
  private static String message(
      String role, String session, ActionRequest call, Decision decision) {
    String because =
        decision == Decision.DENIED
            ? "with an explicit deny in a policy"
            : "because no identity-based policy allows the " + call.action() + " action";
    return "User: arn:aws:sts::"
        + ACCOUNT
        + ":assumed-role/"
        + role
        + "/"
        + session
        + " is not authorized to perform: "
        + call.action()
        + " on resource: "
        + call.resource()
        + " "
        + because;
  }

  /**
   * Why a service may not do this by a role it was given; nothing if it may.
   *
   * @param sourceArn of what it does it for, such as a schedule
   */
  public Optional<Refusal> byRole(
      String service, String roleArn, String sourceArn, ActionRequest call) {
    Role role = roles.get(roleArn);
    if (role == null || !role.trusts(service, source(sourceArn))) {
      return areHeld()
          ? Optional.of(
              new Refusal.CannotAssume(
                  service
                      + " cannot assume the role "
                      + (roleArn.isEmpty() ? "that it was not given" : roleArn)))
          : Optional.empty();
    }
    Decision decision = role.decide(call);
    return decision == Decision.ALLOWED
        ? Optional.empty()
        : Optional.of(
            new Refusal.NotAllowed(
                message(role.name(), service.replaceFirst("\\..*", ""), call, decision)));
  }

  /** Whether this is a role of the template, so that it can be asked what it allows. */
  public boolean isDeclared(String roleArn) {
    return roles.containsKey(roleArn);
  }

  public boolean isOfTemplate(String ruleArn) {
    return rules.contains(ruleArn);
  }

  /**
   * Why a service may not do this to a resource, by the resource's own policy; nothing if it may,
   * or if no template declares the resource.
   */
  public Optional<Refusal> byResource(String service, String sourceArn, ActionRequest call) {
    if (!areHeld()) {
      return Optional.empty();
    }
    Decision decision =
        decideByResource(service, sourceArn, call)
            .orElse(
                resources.isDeclared(call.resource()) ? Decision.NOT_ALLOWED : Decision.ALLOWED);
    return decision == Decision.ALLOWED
        ? Optional.empty()
        : Optional.of(
            new Refusal.NotAllowed(
                service
                    + " is not authorized to perform: "
                    + call.action()
                    + " on resource: "
                    + call.resource()
                    + " for "
                    + sourceArn
                    + " because no resource-based policy allows it"));
  }

  /** As {@link #byResource(String, String, ActionRequest)}, of a caller that is no service. */
  public Optional<Refusal> byResource(Principal who, ActionRequest call) {
    return !areHeld()
            || resources.decide(who, call).orElse(Decision.NOT_ALLOWED) == Decision.ALLOWED
        ? Optional.empty()
        : Optional.of(
            new Refusal.NotAllowed(
                "not everyone is allowed to perform: "
                    + call.action()
                    + " on resource: "
                    + call.resource()
                    + ", by no resource-based policy"));
  }

  /** What the resource's own policy makes of it, whoever gave it one; nothing if it has none. */
  public Optional<Decision> decideByResource(String service, String sourceArn, ActionRequest call) {
    return resources.decide(
        new Principal.Service(service),
        new ActionRequest(call.action(), call.resource(), source(sourceArn)));
  }

  private static Map<String, List<String>> source(String arn) {
    return Map.of("aws:sourcearn", List.of(arn), "aws:sourceaccount", List.of(ACCOUNT));
  }

  /** For refusals that nobody is answered with. */
  public void tell(String whom, Refusal refusal) {
    log.accept(whom, "not allowed: " + refusal.why());
  }
}
