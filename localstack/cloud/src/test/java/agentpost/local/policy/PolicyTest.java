package agentpost.local.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies of resources; those of roles are in AuthorizerTest. Written with single quotes. */
class PolicyTest {
  private static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
  private static final String RULE = "arn:aws:events:us-east-1:000000000000:rule/b/r";
  private static final String ROLE = "arn:aws:iam::000000000000:role/FRole";
  private static final Principal EVENTS = new Principal.Service("events.amazonaws.com");
  private static final ActionRequest SEND =
      new ActionRequest(
          "sqs:SendMessage",
          QUEUE,
          Map.of("aws:sourcearn", List.of(RULE), "aws:sourceaccount", List.of("000000000000")));

  private static JsonNode json(String text) {
    try {
      return new JsonMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  private static Policy policy(String statements) {
    return Policy.ofResource(document(statements));
  }

  private static JsonNode document(String statements) {
    return json("{'Version':'2012-10-17','Statement':" + statements + "}");
  }

  private static Decision decide(String statements) {
    return policy(statements).decide(EVENTS, SEND);
  }

  private static String statement(String change) {
    return "{'Effect':'Allow','Principal':{'Service':'events.amazonaws.com'},'Action':'sqs:SendMessage','Resource':'"
        + QUEUE
        + "'"
        + change
        + "}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "ALLOWED|",
        "ALLOWED|,'Principal':'*'",
        "ALLOWED|,'Principal':{'AWS':'*'}",
        "ALLOWED|,'Principal':{'Service':['sns.amazonaws.com','events.amazonaws.com']}",
        "NOT_ALLOWED|,'Principal':{'Service':'sns.amazonaws.com'}",
        "NOT_ALLOWED|,'Principal':{'AWS':'arn:aws:iam::000000000000:root'}",
        "ALLOWED|,'Action':['sqs:ReceiveMessage','SQS:*']",
        "NOT_ALLOWED|,'Action':'sqs:ReceiveMessage'",
        "ALLOWED|,'Resource':'*'",
        "ALLOWED|,'Resource':['arn:aws:sqs:*:*:q']",
        "NOT_ALLOWED|,'Resource':'arn:aws:sqs:us-east-1:000000000000:other'",
        "ALLOWED|,'Condition':{'ArnEquals':{'aws:SourceArn':'arn:aws:events:us-east-1:000000000000:rule/b/r'}}",
        "ALLOWED|,'Condition':{'ArnLike':{'aws:SourceArn':'arn:aws:events:*:*:rule/*'},'StringEquals':{'aws:SourceAccount':'000000000000'}}",
        "NOT_ALLOWED|,'Condition':{'ArnEquals':{'aws:SourceArn':'arn:aws:events:us-east-1:000000000000:rule/b/other'}}",
        "NOT_ALLOWED|,'Condition':{'ArnLike':{'aws:SourceArn':'arn:aws:events:*:rule/b/r'}}",
        "ALLOWED|,'Condition':{'ArnLike':{'AWS:sourcearn':'arn:*:events:*:*:rule/b/?'}}",
        "NOT_ALLOWED|,'Condition':{'ArnNotLike':{'aws:SourceArn':['arn:aws:events:*:*:rule/x','arn:aws:events:*:*:rule/b/r']}}",
        "NOT_ALLOWED|,'Condition':{'StringEquals':{'aws:SourceAccount':'111111111111'}}",
        "ALLOWED|,'Condition':{'StringEqualsIgnoreCase':{'aws:SourceArn':'ARN:AWS:events:us-east-1:000000000000:rule/b/R'}}",
        "ALLOWED|,'Condition':{'Null':{'aws:SourceArn':'false','aws:PrincipalOrgID':'true'}}",
        "NOT_ALLOWED|,'Condition':{'Null':{'aws:SourceArn':'true'}}",
        "ALLOWED|,'Condition':{'StringEqualsIfExists':{'aws:PrincipalOrgID':'o-1'}}",
        "NOT_ALLOWED|,'Condition':{'StringEquals':{'aws:PrincipalOrgID':'o-1'}}",
        "ALLOWED|,'Condition':{'ForAnyValue:StringLike':{'aws:SourceAccount':['1*','0*']}}",
        "ALLOWED|,'Condition':{'ForAllValues:StringEquals':{'aws:TagKeys':['a']}}",
        "NOT_ALLOWED|,'Condition':{'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}",
        "DENIED|,'Effect':'Deny'",
        "NOT_ALLOWED|,'Effect':'Deny','Principal':{'Service':'sns.amazonaws.com'}",
      })
  void aStatementSaysFor(Decision decision, String change) {
    assertThat(decide(statement(change == null ? "" : change))).isEqualTo(decision);
  }

  /** As CDK's enforceSSL writes it. */
  @Test
  void aDenialOfWhatIsNotOverTlsIsNotMeant() {
    String overTls =
        "{'Effect':'Deny','Principal':{'AWS':'*'},'Action':'sqs:*','Resource':'"
            + QUEUE
            + "','Condition':{'Bool':{'aws:SecureTransport':'false'}}}";
    assertThat(decide("[" + overTls + "," + statement("") + "]")).isEqualTo(Decision.ALLOWED);
    assertThat(decide("[" + overTls.replace("false", "true") + "," + statement("") + "]"))
        .isEqualTo(Decision.DENIED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "Allow|'*'|ALLOWED",
        "Allow|{'AWS':'arn:aws:iam::000000000000:role/FRole'}|ALLOWED",
        "Allow|{'AWS':'arn:aws:iam::000000000000:root'}|NOT_ALLOWED",
        "Allow|{'AWS':'000000000000'}|NOT_ALLOWED",
        "Allow|{'AWS':'arn:aws:iam::000000000000:role/Other'}|NOT_ALLOWED",
        "Allow|{'Service':'lambda.amazonaws.com'}|NOT_ALLOWED",
        "Deny|'*'|DENIED",
        "Deny|{'AWS':'arn:aws:iam::000000000000:role/FRole'}|DENIED",
        "Deny|{'AWS':'arn:aws:iam::000000000000:root'}|DENIED",
        "Deny|{'AWS':['000000000000']}|DENIED",
        "Deny|{'AWS':'111111111111'}|NOT_ALLOWED",
        "Deny|{'AWS':'arn:aws:iam::000000000000:role/Other'}|NOT_ALLOWED",
      })
  void aRoleIsNamedByItsArnItsAccountOrEveryone(
      String effect, String principal, Decision decision) {
    Policy policy =
        policy("{'Effect':'" + effect + "','Principal':" + principal + ",'Action':'sqs:*'}");
    assertThat(policy.decide(new Principal.Role(ROLE), SEND)).isEqualTo(decision);
  }

  @Test
  void whoIsNotAuthenticatedIsOnlyEveryone() {
    Policy open = policy("{'Effect':'Allow','Principal':'*','Action':'sqs:*'}");
    assertThat(open.decide(new Principal.Anonymous(), SEND)).isEqualTo(Decision.ALLOWED);
    assertThat(policy(statement("")).decide(new Principal.Anonymous(), SEND))
        .isEqualTo(Decision.NOT_ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'Effect':'Allow','Action':'sqs:*','Resource':'*'} | a resource's policy has a Principal",
        "{'Effect':'Allow','Principal':'*','Resource':'*'} | a policy's statement needs Action",
        "{'Effect':'allow','Principal':'*','Action':'a:b'} | Effect is Allow or Deny; got allow",
        "{'Effect':'Allow','Principal':'me','Action':'a:b'} | Principal is *",
        "{'Effect':'Allow','Principal':{'Federated':'x'},'Action':'a:b'} | Principal Federated",
        "{'Effect':'Allow','NotPrincipal':'*','Action':'a:b'} | a policy's NotPrincipal",
        "{'Effect':'Allow','Principal':'*','Action':'a:b','Condition':{'IpAddress':{'aws:SourceIp':'10.0.0'}}}"
            + " | got 10.0.0",
        "{'Effect':'Allow','Principal':'*','Action':'a:b','Condition':{'NumericEquals':{'a:b':'1'}}}"
            + " | condition operator NumericEquals",
        "'all' | a policy has a Statement",
      })
  void whatItWouldNotKeepToIsRefusedByName(String statementAndReason) {
    String[] parts = statementAndReason.split(" \\| ", 2);
    assertThatThrownBy(() -> policy(parts[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(parts[1]);
  }

  @Test
  void aRolesPolicyNamesResourcesAndNoPrincipal() {
    assertThatThrownBy(
            () -> Policy.ofIdentity(json("{'Statement':{'Effect':'Allow','Action':'a:b'}}")))
        .hasMessageContaining("needs Resource");
    assertThatThrownBy(() -> Policy.ofIdentity(json("{'Statement':" + statement("") + "}")))
        .hasMessageContaining("has no Principal");
  }

  @Test
  void aResourceHasThePolicyThatItWasGivenLastAndAFunctionEveryPermission() {
    ResourcePolicies policies = new ResourcePolicies();
    assertThat(policies.decide(EVENTS, SEND)).isEmpty();
    policies.replace(QUEUE, "template", document(statement("")));
    assertThat(policies.decide(EVENTS, SEND)).contains(Decision.ALLOWED);
    policies.replace(
        QUEUE, "by hand", document(statement(",'Principal':{'Service':'sns.amazonaws.com'}")));
    assertThat(policies.decide(EVENTS, SEND)).contains(Decision.NOT_ALLOWED);
    policies.clear(QUEUE);
    assertThat(policies.decide(EVENTS, SEND)).isEqualTo(Optional.empty());
    policies.add(QUEUE, "one", policy(statement("")));
    policies.add(QUEUE, "two", policy(statement(",'Principal':{'Service':'sns.amazonaws.com'}")));
    assertThat(policies.decide(EVENTS, SEND)).contains(Decision.ALLOWED);
    policies.withdraw("one");
    assertThat(policies.decide(EVENTS, SEND)).contains(Decision.NOT_ALLOWED);
  }

  /** Wherever among the others, and whatever they say. */
  @Property
  void oneDenialThatIsMeantOutweighsEverything(
      @ForAll @AlphaChars @StringLength(max = 5) String prefix, @ForAll boolean first) {
    String denial = statement(",'Effect':'Deny','Action':'sqs:*" + "'");
    String permission = statement(",'Action':['" + prefix + "*','*']");
    assertThat(
            decide(
                first
                    ? "[" + denial + "," + permission + "]"
                    : "[" + permission + "," + denial + "]"))
        .isEqualTo(Decision.DENIED);
  }
}
