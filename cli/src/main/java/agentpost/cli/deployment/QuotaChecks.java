package agentpost.cli.deployment;

import agentpost.catalog.AccountQuota;
import agentpost.catalog.AgentSettings;
import agentpost.catalog.CloudAssembly;
import agentpost.catalog.Directory;
import agentpost.catalog.ResourceNames;
import agentpost.cli.cloud.AwsApi;
import agentpost.cli.cloud.CloudOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.GetAccountSettingsResponse;

/** What an account lets a stack have, and what this one takes. */
final class QuotaChecks {
  /** "CloudWatch Logs quotas": resource policies, which nobody raises. */
  private static final int MAX_LOG_POLICIES = 10;

  private static final long MB = 1_000_000;

  /** Service Quotas counts storage in these. */
  private static final long GIB = 1L << 30;

  private static final String CONCURRENCY = "Lambda's concurrency";
  private static final String STORAGE = "Lambda's code storage";
  private static final String THROTTLE = "API Gateway's throttle";
  private static final String LOG_POLICIES = "resource policies of CloudWatch Logs";

  private final CloudOptions place;
  private final CloudAssembly assembly;
  private final List<AgentLoad> agents;

  QuotaChecks(CloudOptions place, CloudAssembly assembly) {
    this.place = place;
    this.assembly = assembly;
    this.agents = AgentLoad.of(assembly, place.names());
  }

  List<AccountCheck> all() {
    List<AccountCheck> checks =
        new ArrayList<>(
            List.of(
                new AccountCheck(CONCURRENCY, "lambda:GetAccountSettings", this::concurrency),
                new AccountCheck(STORAGE, "lambda:GetAccountSettings", this::storage),
                new AccountCheck(THROTTLE, "apigateway:GET on /account", this::throttle),
                new AccountCheck(LOG_POLICIES, "logs:DescribeResourcePolicies", this::policies)));
    for (AccountQuota quota : AccountQuota.values()) {
      // Of executions Lambda itself tells.
      if (quota != AccountQuota.CONCURRENT_EXECUTIONS && quota.use(assembly) > 0) {
        checks.add(
            new AccountCheck(
                about(quota), "servicequotas:GetServiceQuota", () -> List.of(compare(quota))));
      }
    }
    return checks;
  }

  private static String about(AccountQuota quota) {
    return quota.service() + " quota \"" + quota.title() + "\"";
  }

  private Finding compare(AccountQuota quota) {
    long use = quota.use(assembly);
    long most = place.askApi(api -> read(api, quota));
    String figures = "the stack needs " + use + ", and the account has " + most;
    return use > most
        ? Finding.stop(about(quota), figures, raise(quota, use))
        : Finding.ok(about(quota), figures);
  }

  /** What was never raised has no applied value (API reference, GetServiceQuota). */
  private static long read(AwsApi api, AccountQuota quota) {
    ObjectNode input =
        JsonNodeFactory.instance
            .objectNode()
            .put("ServiceCode", quota.service())
            .put("QuotaCode", quota.code());
    // IAM is the same in every region, and one of them has its quotas.
    AwsApi there = quota.service().equals("iam") ? api.in(Region.US_EAST_1) : api;
    try {
      return there
          .call(AwsApi.Service.QUOTAS, "ServiceQuotasV20190624.GetServiceQuota", input)
          .at("/Quota/Value")
          .asLong(quota.usual());
    } catch (AwsServiceException e) {
      if (AccountCheck.code(e).equals("NoSuchResourceException")) {
        return quota.usual();
      }
      throw e;
    }
  }

  private String raise(AccountQuota quota, long wanted) {
    return raise(quota.service(), quota.code(), wanted);
  }

  private String raise(String service, String code, long wanted) {
    return place.nextOfAws(
        "service-quotas request-service-quota-increase --service-code "
            + service
            + " --quota-code "
            + code
            + " --desired-value "
            + wanted);
  }

  private List<Finding> concurrency() {
    int most =
        place.ask(
            LambdaClient.builder(),
            client -> client.getAccountSettings().accountLimit().concurrentExecutions());
    AccountQuota quota = AccountQuota.CONCURRENT_EXECUTIONS;
    long needed = quota.use(assembly);
    int inFlight = agents.stream().mapToInt(AgentLoad::inFlight).max().orElse(0);
    if (needed > most) {
      return List.of(
          Finding.stop(
              CONCURRENCY,
              "functions reserve "
                  + AccountQuota.reserved(assembly)
                  + " executions and "
                  + AccountQuota.MIN_UNRESERVED
                  + " must stay unreserved, and the account has "
                  + most,
              raise(quota, Math.max(needed, quota.usual()))));
    }
    if (most <= inFlight) {
      return List.of(
          Finding.warn(
              CONCURRENCY,
              "the account has "
                  + most
                  + " executions, and one slow agent can hold "
                  + inFlight
                  + ": put defaults: {inFlight: 3} into the catalog, or request more",
              raise(quota, quota.usual())));
    }
    return List.of(Finding.ok(CONCURRENCY, "the account has " + most + " executions"));
  }

  /**
   * A deployment publishes a version of every function that it changes, and versions stay, until
   * there is no room for another ("Lambda quotas", storage for uploaded functions).
   */
  private List<Finding> storage() {
    GetAccountSettingsResponse account =
        place.ask(LambdaClient.builder(), LambdaClient::getAccountSettings);
    long most = account.accountLimit().totalCodeSize();
    long left = most - account.accountUsage().totalCodeSize();
    long needed = assembly.codeBytes();
    String takes = "the stack takes up to " + needed / MB + " MB";
    return List.of(
        needed > left
            ? Finding.stop(
                STORAGE,
                takes
                    + ", and of the account's "
                    + most / MB
                    + " MB "
                    + left / MB
                    + " MB are left: delete versions, or request more",
                place.nextCommand("rollback --prune"),
                raise("lambda", "L-2ACBD22F", (most - left + needed + GIB - 1) / GIB))
            : Finding.ok(STORAGE, takes + " of the " + left / MB + " MB left"));
  }

  private List<Finding> throttle() {
    long most =
        place
            .askApi(api -> api.get(AwsApi.Service.API_GATEWAY, "/account"))
            .at("/throttleSettings/rateLimit")
            .asLong();
    int rates = agents.stream().mapToInt(AgentLoad::requestsASecond).sum();
    String figures =
        "the catalog's rates come to " + rates + " requests a second, and the account has " + most;
    return List.of(
        rates > most
            ? Finding.warn(
                THROTTLE,
                figures
                    + ": requests above that get 429 and are retried; lower the rates, or request"
                    + " more",
                raise("apigateway", "L-8A5B8E43", rates))
            : Finding.ok(THROTTLE, figures));
  }

  private List<Finding> policies() {
    List<String> there =
        place
            .askApi(
                api ->
                    api.call(
                        AwsApi.Service.LOGS,
                        "Logs_20140328.DescribeResourcePolicies",
                        JsonNodeFactory.instance.objectNode()))
            .path("resourcePolicies")
            .valueStream()
            .map(policy -> policy.path("policyName").asText())
            .toList();
    boolean isNew =
        assembly
            .resources("AWS::Logs::ResourcePolicy")
            .map(own -> own.properties().path("PolicyName").asText())
            .anyMatch(own -> !there.contains(own));
    String figures = "there are " + there.size() + " of " + MAX_LOG_POLICIES;
    return List.of(
        isNew && there.size() >= MAX_LOG_POLICIES
            ? Finding.stop(
                LOG_POLICIES,
                figures + "; delete an unused one: " + String.join(", ", there),
                place.nextOfAws("logs delete-resource-policy --policy-name NAME"))
            : Finding.ok(LOG_POLICIES, figures));
  }

  /** What an agent may ask of the account, by its directory entry. */
  private record AgentLoad(int inFlight, int requestsASecond) {
    static List<AgentLoad> of(CloudAssembly assembly, ResourceNames names) {
      return assembly
          .resources("AWS::SecretsManager::Secret")
          .map(CloudAssembly.Resource::properties)
          .filter(one -> TemplateNames.text(one.path("Name")).equals(names.agentDirectory()))
          .flatMap(
              one -> Directory.read(TemplateNames.text(one.path("SecretString"))).values().stream())
          .map(AgentLoad::of)
          .toList();
    }

    /** A delivery is a request to the relay, and one to the agent if that is hosted here. */
    private static AgentLoad of(JsonNode entry) {
      return new AgentLoad(
          entry.path("inFlight").asInt(AgentSettings.DEFAULT_IN_FLIGHT),
          entry.path("rate").asInt() * (entry.has("external") ? 1 : 2));
    }
  }
}
