package agentpost.local.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.apigateway.RestApiService;
import agentpost.local.iam.ActionMapper;
import agentpost.local.iam.Authorizer;
import agentpost.local.iam.TemplatePolicies;
import agentpost.local.lambda.FunctionHost;
import agentpost.local.sqs.SqsService;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The same statements say the same in a role's policy, a queue's and an API's. ACTION and RESOURCE
 * stand for what each of them is asked.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneEvaluatorTest {
  private static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
  private static final String TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/t";
  private static final String RULE = "arn:aws:events:us-east-1:000000000000:rule/b/r";
  private final ResourcePolicies resources = new ResourcePolicies();
  private final Authorizer rights = new Authorizer(resources, (_, _) -> {});
  private final TemplatePolicies template =
      new TemplatePolicies(rights, resources, new ActionMapper(name -> name, _ -> Map.of()));
  private final SqsService queues = new SqsService(4566, resources);

  @AfterAll
  void stop() {
    queues.stop();
  }

  private static ObjectNode json(String text) {
    try {
      return new JsonMapper().readValue(text.replace('\'', '"'), ObjectNode.class);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  private static String policy(
      String statements, String action, String wildAction, String resource, String who) {
    return "{'Version':'2012-10-17','Statement':["
        + statements
            .replace("{'Effect'", "{" + who + "'Effect'")
            .replace("ACTION", action)
            .replace("ACTI*", wildAction)
            .replace("RESOURCE", resource)
        + "]}";
  }

  private boolean roleMay(String statements) {
    var roles = template.wrap(new HashMap<>());
    String document = policy(statements, "dynamodb:PutItem", "dynamodb:Put*", TABLE, "");
    String arn =
        requireNonNull(
            requireNonNull(roles.get("AWS::IAM::Role"))
                .make(
                    "FRole",
                    json(
                        "{'RoleName':'FRole','AssumeRolePolicyDocument':{'Statement':{'Effect':'Allow','Action':'sts:AssumeRole','Principal':{'Service':'lambda.amazonaws.com'}}},'Policies':[{'PolicyName':'p','PolicyDocument':"
                            + document
                            + "}]}"))
                .attributes()
                .get("Arn"));
    return rights
        .byRole("lambda.amazonaws.com", arn, "", new ActionRequest("dynamodb:PutItem", TABLE))
        .isEmpty();
  }

  private boolean queueLets(String statements) {
    queues.call("CreateQueue", json("{'QueueName':'q'}"));
    ObjectNode set =
        JsonNodeFactory.instance
            .objectNode()
            .put("QueueUrl", "http://localhost:4566/000000000000/q");
    set.putObject("Attributes")
        .put(
            "Policy",
            policy(statements, "sqs:SendMessage", "sqs:Send*", QUEUE, "'Principal':'*',")
                .replace('\'', '"'));
    queues.call("SetQueueAttributes", set);
    return rights
            .decideByResource(
                "events.amazonaws.com", RULE, new ActionRequest("sqs:SendMessage", QUEUE))
            .orElseThrow()
        == Decision.ALLOWED;
  }

  private static boolean apiLets(String statements) throws InterruptedException {
    RestApiService apis =
        new RestApiService(
            new FunctionHost(
                (_, _) -> {
                  throw new AssertionError("no function is called");
                },
                (_, _) -> {}));
    apis.deploy(
        "api1",
        json("{}"),
        json(
            policy(
                statements,
                "execute-api:Invoke",
                "execute-api:Inv*",
                "execute-api:/prod/POST/x",
                "'Principal':'*',")));
    String answer =
        new String(
            apis.handle(
                    new AwsRequest(
                        "POST",
                        RestApiService.PREFIX + "api1/prod/x",
                        Map.of(),
                        Map.of(),
                        new byte[0]),
                    Map.of(),
                    "192.0.2.7")
                .body(),
            UTF_8);
    return answer.contains("Missing Authentication Token");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "true |{'Effect':'Allow','Action':'ACTION','Resource':'RESOURCE'}",
        "true |{'Effect':'Allow','Action':['a:b','ACTI*'],'Resource':['RESOURCE']}",
        "true |{'Effect':'Allow','Action':'*','Resource':'*'}",
        "false|{'Effect':'Allow','Action':'ACTION2','Resource':'RESOURCE'}",
        "false|{'Effect':'Allow','Action':'ACTION','Resource':'RESOURCE2'}",
        "true |{'Effect':'Allow','Action':'ACTION','Resource':'RESOURCE*'}",
        "false|{'Effect':'Allow','Action':'ACTION','Resource':'RESOURCE?'}",
        "false|{'Effect':'Allow','Action':'*','Resource':'*'},{'Effect':'Deny','Action':'ACTION','Resource':'RESOURCE'}",
        "false|{'Effect':'Deny','Action':'*','Resource':'RESOURCE*'},{'Effect':'Allow','Action':'*','Resource':'*'}",
        "true |{'Effect':'Allow','Action':'*','Resource':'*'},{'Effect':'Deny','Action':'ACTION2','Resource':'*'}",
        "true |{'Effect':'Allow','Action':'*','Resource':'*'},{'Effect':'Deny','Action':'*','Resource':'*','Condition':{'Bool':{'aws:SecureTransport':'false'}}}",
        "false|{'Effect':'Allow','Action':'*','Resource':'*'},{'Effect':'Deny','Action':'*','Resource':'*','Condition':{'Bool':{'aws:SecureTransport':['false','true']}}}",
        "true |{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'BoolIfExists':{'aws:SecureTransport':true}}}",
        "false|{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}}",
        "false|{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'Null':{'aws:SecureTransport':'true'}}}",
        "false|{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'ForAnyValue:StringEquals':{'aws:SecureTransport':['x','y']}}}",
        "true |{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringLike':{'aws:securetransport':'tr?e'}}}",
      })
  void saysTheSameToRolesQueuesAndTheApi(boolean allowed, String statements) throws Exception {
    assertThat(List.of(roleMay(statements), queueLets(statements), apiLets(statements)))
        .containsExactly(allowed, allowed, allowed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "NotAction|{'Effect':'Allow','NotAction':'a:b','Resource':'*'}",
        "NotResource|{'Effect':'Allow','Action':'*','NotResource':'RESOURCE'}",
        "NumericEquals|{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'NumericEquals':{'a:b':'1'}}}",
        "policy variable|{'Effect':'Allow','Action':'*','Resource':'RESOURCE/${aws:userid}'}",
        "10.0.0/8|{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'IpAddress':{'aws:SourceIp':'10.0.0/8'}}}",
      })
  void whatIsNotKeptToIsRefusedByAllThree(String named, String statements) {
    assertThat(
            List.of(
                refusal(() -> roleMay(statements)),
                refusal(() -> queueLets(statements)),
                refusal(() -> apiLets(statements))))
        .allSatisfy(why -> assertThat(why).contains(named));
  }

  private interface Asked {
    boolean ask() throws InterruptedException;
  }

  private static String refusal(Asked asked) {
    try {
      return "taken: " + asked.ask();
    } catch (AwsException e) {
      return e.description();
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
