package agentpost.local.iam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.policy.ActionRequest;
import agentpost.local.policy.Policy;
import agentpost.local.policy.ResourcePolicies;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What policies make of calls. Policies are written with single quotes. */
class AuthorizerTest {
  private static final String TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/claims";
  private static final String BUS = "arn:aws:events:us-east-1:000000000000:event-bus/b";
  private static final String ALLOWED = "allowed";

  private final List<String> log = new ArrayList<>();
  private final ResourcePolicies resources = new ResourcePolicies();
  private final Authorizer rights =
      new Authorizer(resources, (whom, line) -> log.add(whom + ": " + line));

  private static JsonNode json(String text) {
    try {
      return new JsonMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  private static Policy policy(String... statements) {
    return Policy.ofIdentity(json("{'Statement':[" + String.join(",", statements) + "]}"));
  }

  private static Policy resourcePolicy(String... statements) {
    return Policy.ofResource(document(statements));
  }

  private static JsonNode document(String... statements) {
    return json("{'Statement':[" + String.join(",", statements) + "]}");
  }

  private void functionMay(String... statements) {
    rights.giveTo(
        "f",
        rights.declare(
            "FRole",
            resourcePolicy(
                "{\'Effect\':\'Allow\',\'Action\':\'sts:AssumeRole','Principal':{'Service':'lambda.amazonaws.com'}}")));
    rights.attach("FRole", "p", policy(statements));
  }

  private String asked(ActionRequest call) {
    try {
      rights.require("f", "dynamodb", () -> List.of(call));
      return ALLOWED;
    } catch (AwsException e) {
      return e.description();
    }
  }

  private static String allow(String action, String resource, String... more) {
    return "{'Effect':'Allow','Action':'"
        + action
        + "','Resource':'"
        + resource
        + "'"
        + String.join("", more)
        + "}";
  }

  @Test
  void whatNoPolicyAllowsIsDeniedNamingFunctionRoleActionAndResource() {
    functionMay(allow("dynamodb:GetItem", TABLE));
    assertThat(asked(new ActionRequest("dynamodb:PutItem", TABLE)))
        .isEqualTo(
            "User: arn:aws:sts::000000000000:assumed-role/FRole/f is not authorized to perform:"
                + " dynamodb:PutItem on resource: "
                + TABLE
                + " because no identity-based policy allows the dynamodb:PutItem action");
    assertThat(log)
        .containsExactly(
            "f: AccessDeniedException: " + asked(new ActionRequest("dynamodb:PutItem", TABLE)),
            log.getLast());
  }

  @ParameterizedTest
  @CsvSource({
    "dynamodb:PutItem,      arn:aws:dynamodb:us-east-1:000000000000:table/claims, true",
    "dynamodb:Put*,         arn:aws:dynamodb:us-east-1:000000000000:table/claims, true",
    "DynamoDB:putitem,      arn:aws:dynamodb:us-east-1:000000000000:table/claims, true",
    "dynamodb:?utItem,      arn:aws:dynamodb:*:000000000000:table/*ms,            true",
    "*,                     arn:aws:dynamodb:us-east-1:*:table/c*i*s,             true",
    "dynamodb:PutItem,      *,                                                    true",
    "dynamodb:PutItem,      arn:aws:dynamodb:us-east-1:000000000000:table/claim,  false",
    "dynamodb:PutItem,      arn:aws:dynamodb:us-east-1:000000000000:table/Claims, false",
    "dynamodb:PutItem,      arn:aws:dynamodb:us-east-1:000000000000:table/c*z,    false",
    "dynamodb:PutItem,      arn:aws:dynamodb:us-east-1:000000000000:table/claims?, false",
    "dynamodb:PutItems,     arn:aws:dynamodb:us-east-1:000000000000:table/claims, false",
    "dynamodb:*Get*,        arn:aws:dynamodb:us-east-1:000000000000:table/claims, false",
  })
  void wildcardsStandForAnythingAndNothing(String action, String resource, boolean allowed) {
    functionMay(allow(action, resource));
    assertThat(asked(new ActionRequest("dynamodb:PutItem", TABLE)).equals(ALLOWED))
        .isEqualTo(allowed);
  }

  @Test
  void oneDenialOutweighsEveryPermissionWhicheverComesFirst() {
    functionMay(
        "{'Effect':'Deny','Action':'dynamodb:Delete*','Resource':'*'}",
        allow("dynamodb:*", "*"),
        allow("dynamodb:DeleteItem", TABLE));
    assertThat(asked(new ActionRequest("dynamodb:PutItem", TABLE))).isEqualTo(ALLOWED);
    assertThat(asked(new ActionRequest("dynamodb:DeleteItem", TABLE)))
        .endsWith(
            "is not authorized to perform: dynamodb:DeleteItem on resource: "
                + TABLE
                + " with an explicit deny in a policy");
  }

  @Test
  void aDenialWhoseConditionDoesNotHoldIsNone() {
    functionMay(
        allow("dynamodb:*", "*"),
        "{'Effect':'Deny','Action':'*','Resource':'*','Condition':{'Bool':{'aws:SecureTransport':'false'}}}");
    assertThat(asked(new ActionRequest("dynamodb:PutItem", TABLE))).isEqualTo(ALLOWED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'StringEquals':{'events:source':'crm'}} | crm | true",
        "{'StringEquals':{'events:source':'crm'}} | Crm | false",
        "{'StringEquals':{'EVENTS:Source':['a','crm']}} | crm | true",
        "{'StringEqualsIgnoreCase':{'events:source':'crm'}} | Crm | true",
        "{'StringNotEquals':{'events:source':['crm','b']}} | crm | false",
        "{'StringNotEquals':{'events:source':['a','b']}} | crm | true",
        "{'StringNotEquals':{'events:source':['a','b']}} | '' | true",
        "{'StringLike':{'events:source':'c?m'}} | crm | true",
        "{'StringLike':{'events:source':'*-crm'}} | crm | false",
        "{'StringEquals':{'events:source':'crm'}} | '' | false",
        "{'StringEqualsIfExists':{'events:source':'crm'}} | '' | true",
        "{'StringEqualsIfExists':{'events:source':'crm'}} | other | false",
        "{'ForAllValues:StringEquals':{'events:source':['a','b']}} | a b a | true",
        "{'ForAllValues:StringEquals':{'events:source':['a','b']}} | a c | false",
        "{'ForAllValues:StringEquals':{'events:source':['a','b']}} | '' | true",
        "{'ForAllValues:StringLike':{'events:source':'in-*'}} | in-a in-b | true",
        "{'ForAllValues:StringLike':{'events:source':'in-*'}} | in-a out-b | false",
        "{'ForAnyValue:StringEquals':{'events:source':['a','b']}} | c a | true",
        "{'ForAnyValue:StringEquals':{'events:source':['a','b']}} | '' | false",
        "{'Null':{'events:source':'true'}} | '' | true",
        "{'Null':{'events:source':'true'}} | crm | false",
        "{'Bool':{'aws:SecureTransport':'true'}} | crm | true",
        "{'ArnLike':{'events:source':'arn:aws:events:*:0:rule/*'}} |"
            + " arn:aws:events:us-east-1:0:rule/b/r | true",
        "{'ArnLike':{'events:source':'arn:aws:events:*:rule/*'}} |"
            + " arn:aws:events:us-east-1:0:rule/b/r | false",
        "{'ArnEquals':{'events:source':'arn:aws:sqs:us-east-1:0:q'}} | arn:aws:sqs:us-east-1:0:q2 |"
            + " false",
        "{'ArnNotLike':{'events:source':'arn:aws:sqs:us-east-1:0:q'}} | arn:aws:sqs:us-east-1:0:q2"
            + " | true",
        "{'StringEquals':{'events:source':'crm'},'StringLike':{'events:detail-type':'t'}} | crm |"
            + " false",
      })
  void aStatementCountsWhenEveryConditionHolds(String condition, String sources, boolean allowed) {
    functionMay(allow("events:PutEvents", BUS, ",'Condition':" + condition));
    Map<String, List<String>> context =
        sources.isEmpty() ? Map.of() : Map.of("events:source", List.of(sources.split(" ", -1)));
    assertThat(asked(new ActionRequest("events:PutEvents", BUS, context)).equals(ALLOWED))
        .isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NumericLessThan",
        "DateGreaterThan",
        "BinaryEquals",
        "ForAllValues:StringMatches",
        "stringEquals"
      })
  void anOperatorThatIsNotKnownIsRefusedByName(String operator) {
    assertThatThrownBy(
            () -> policy(allow("a:b", "*", ",'Condition':{'" + operator + "':{'aws:x':'1'}}")))
        .hasMessage(
            "the local cloud does not support the condition operator "
                + operator.replace("ForAllValues:", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NotAction", "NotResource", "NotPrincipal"})
  void whatAPolicySaysTheOtherWayRoundIsRefusedByName(String element) {
    assertThatThrownBy(() -> policy("{'Effect':'Allow','" + element + "':'x'}"))
        .hasMessage("the local cloud does not support a policy's " + element);
  }

  @Test
  void aPolicyVariableIsRefusedByName() {
    assertThatThrownBy(() -> policy(allow("s3:GetObject", "arn:aws:s3:::b/${aws:userid}/*")))
        .hasMessage(
            "the local cloud does not support the policy variable in"
                + " arn:aws:s3:::b/${aws:userid}/*");
  }

  @Test
  void aPolicyThatIsPutAgainOrWithdrawnIsNotWhatItWas() {
    functionMay(allow("dynamodb:GetItem", TABLE), allow("dynamodb:PutItem", TABLE));
    assertThat(asked(new ActionRequest("dynamodb:PutItem", TABLE))).isEqualTo(ALLOWED);
    rights.attach("FRole", "p", policy(allow("dynamodb:GetItem", TABLE)));
    assertThat(asked(new ActionRequest("dynamodb:PutItem", TABLE))).contains("not authorized");
    assertThat(asked(new ActionRequest("dynamodb:GetItem", TABLE))).isEqualTo(ALLOWED);
    rights.withdraw("p");
    assertThat(asked(new ActionRequest("dynamodb:GetItem", TABLE))).contains("not authorized");
  }

  @Test
  void peopleMayDoEverythingAndSoMayAllWhereThereIsNoRole() {
    functionMay();
    rights.require(
        "someone", "dynamodb", () -> List.of(new ActionRequest("dynamodb:DeleteTable", TABLE)));
    Authorizer sketch = new Authorizer(new ResourcePolicies(), (_, _) -> {});
    sketch.giveTo("f", "");
    sketch.require(
        "f", "dynamodb", () -> List.of(new ActionRequest("dynamodb:DeleteTable", TABLE)));
    assertThat(log).isEmpty();
  }

  @Test
  void aFunctionWithoutARoleThatLambdaMayTakeIsNamed() {
    functionMay();
    rights.requireRoles();
    rights.giveTo("roleless", "arn:aws:iam::000000000000:role/elsewhere");
    rights.giveTo(
        "mistaken",
        rights.declare(
            "Other",
            resourcePolicy(
                "{\'Effect\':\'Allow\',\'Action\':\'sts:AssumeRole','Principal':{'Service':'events.amazonaws.com'}}")));
    assertThatThrownBy(rights::requireRoles)
        .hasMessage(
            "Functions have no role that the template declares and that lambda.amazonaws.com may"
                + " take: mistaken, roleless");
  }

  @Test
  void anAddressMayBeSentFromByItsOwnIdentityOrItsDomains() {
    functionMay(
        allow(
            "ses:SendEmail",
            "arn:aws:ses:us-east-1:000000000000:identity/example.com",
            ",'Condition':{'StringEquals':{'ses:FromAddress':'a@example.com'}}"));
    String identity = "arn:aws:ses:us-east-1:000000000000:identity/";
    assertThat(
            asked(
                new ActionRequest("ses:SendEmail", identity + "a@example.com")
                    .with("ses:FromAddress", List.of("a@example.com"))))
        .isEqualTo(ALLOWED);
    assertThat(
            asked(
                new ActionRequest("ses:SendEmail", identity + "b@example.com")
                    .with("ses:FromAddress", List.of("b@example.com"))))
        .contains("not authorized");
    assertThat(
            asked(
                new ActionRequest("ses:SendEmail", identity + "a@example.org")
                    .with("ses:FromAddress", List.of("a@example.com"))))
        .contains("not authorized");
  }

  @Test
  void aServiceMayTakeARoleThatTrustsItForThisAccount() {
    String role =
        rights.declare(
            "Scheduled",
            resourcePolicy(
                "{\'Effect\':\'Allow\',\'Action\':\'sts:AssumeRole','Principal':{'Service':'scheduler.amazonaws.com'},'Condition':{'StringEquals':{'aws:SourceAccount':'000000000000'}}}"));
    String foreign =
        rights.declare(
            "Foreign",
            resourcePolicy(
                "{\'Effect\':\'Allow\',\'Action\':\'sts:AssumeRole','Principal':{'Service':'scheduler.amazonaws.com'},'Condition':{'StringEquals':{'aws:SourceAccount':'111111111111'}}}"));
    rights.attach("Scheduled", "p", policy(allow("events:PutEvents", BUS)));
    rights.attach("Foreign", "p", policy(allow("events:PutEvents", BUS)));
    ActionRequest call = new ActionRequest("events:PutEvents", BUS);
    assertThat(rights.byRole("scheduler.amazonaws.com", role, "s", call)).isEmpty();
    assertThat(rights.byRole("events.amazonaws.com", role, "s", call))
        .get()
        .isInstanceOf(Authorizer.Refusal.CannotAssume.class);
    assertThat(rights.byRole("scheduler.amazonaws.com", foreign, "s", call))
        .get()
        .isInstanceOf(Authorizer.Refusal.CannotAssume.class);
    assertThat(
            rights.byRole(
                "scheduler.amazonaws.com",
                role,
                "s",
                new ActionRequest("events:PutEvents", BUS + "2")))
        .get()
        .isInstanceOf(Authorizer.Refusal.NotAllowed.class);
  }

  @Test
  void aResourceLetsInWhomItsPolicyNames() {
    functionMay();
    String queue = "arn:aws:sqs:us-east-1:000000000000:q";
    ActionRequest send = new ActionRequest("sqs:SendMessage", queue);
    assertThat(
            rights.byResource(
                "events.amazonaws.com", "arn:aws:events:us-east-1:000000000000:rule/b/r", send))
        .isEmpty();
    resources.declare(queue);
    assertThat(
            rights.byResource(
                "events.amazonaws.com", "arn:aws:events:us-east-1:000000000000:rule/b/r", send))
        .isPresent();
    resources.replace(
        queue,
        "p",
        document(
            "{'Effect':'Allow','Action':'sqs:SendMessage','Resource':'"
                + queue
                + "','Principal':{'Service':'events.amazonaws.com'},"
                + "'Condition':{'ArnLike':{'aws:SourceArn':['arn:aws:events:us-east-1:000000000000:rule/b/r','arn:aws:events:us-east-1:000000000000:rule/b/x-*']}}}",
            "{'Effect':'Deny','Action':'sqs:*','Resource':'"
                + queue
                + "','Principal':{'AWS':'*'},'Condition':{'Bool':{'aws:SecureTransport':'false'}}}"));
    assertThat(
            rights.byResource(
                "events.amazonaws.com", "arn:aws:events:us-east-1:000000000000:rule/b/r", send))
        .isEmpty();
    assertThat(
            rights.byResource(
                "events.amazonaws.com", "arn:aws:events:us-east-1:000000000000:rule/b/x-1", send))
        .isEmpty();
    assertThat(
            rights.byResource(
                "events.amazonaws.com", "arn:aws:events:us-east-1:000000000000:rule/b/other", send))
        .isPresent();
    assertThat(
            rights.byResource(
                "sns.amazonaws.com", "arn:aws:events:us-east-1:000000000000:rule/b/r", send))
        .isPresent();
    assertThat(
            rights.byResource(
                "events.amazonaws.com",
                "arn:aws:events:us-east-1:000000000000:rule/b/r",
                new ActionRequest("sqs:ReceiveMessage", queue)))
        .isPresent();
  }
}
