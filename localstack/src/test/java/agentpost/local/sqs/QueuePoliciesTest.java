package agentpost.local.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.sqs.QueuePolicies.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a queue's policy lets EventBridge send. */
class QueuePoliciesTest {
  private static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
  private static final String RULE = "arn:aws:events:us-east-1:000000000000:rule/b/r";
  private final QueuePolicies policies = new QueuePolicies();

  private Verdict verdict(String statements) {
    policies.put(
        "q", "{\"Version\":\"2012-10-17\",\"Statement\":" + statements.replace('\'', '"') + "}");
    return policies.ofEventBridge(QUEUE, RULE);
  }

  private static String statement(String change) {
    return "{'Effect':'Allow','Principal':{'Service':'events.amazonaws.com'},'Action':'sqs:SendMessage','Resource':'"
        + QUEUE
        + "'"
        + change
        + "}";
  }

  @Test
  void aQueueMayHaveNoPolicy() {
    assertThat(policies.ofEventBridge(QUEUE, RULE)).isEqualTo(Verdict.NO_POLICY);
    verdict("[]");
    policies.put("q", "");
    assertThat(policies.ofEventBridge(QUEUE, RULE)).isEqualTo(Verdict.NO_POLICY);
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
        "REFUSED|,'Principal':{'Service':'sns.amazonaws.com'}",
        "REFUSED|,'Principal':{'AWS':'arn:aws:iam::000000000000:root'}",
        "ALLOWED|,'Action':['sqs:ReceiveMessage','SQS:*']",
        "REFUSED|,'Action':'sqs:ReceiveMessage'",
        "ALLOWED|,'Resource':'*'",
        "ALLOWED|,'Resource':['arn:aws:sqs:*:*:q']",
        "REFUSED|,'Resource':'arn:aws:sqs:us-east-1:000000000000:other'",
        "ALLOWED|,'Condition':{'ArnEquals':{'aws:SourceArn':'arn:aws:events:us-east-1:000000000000:rule/b/r'}}",
        "ALLOWED|,'Condition':{'ArnLike':{'aws:SourceArn':'arn:aws:events:*:*:rule/*'},'StringEquals':{'aws:SourceAccount':'000000000000'}}",
        "REFUSED|,'Condition':{'ArnEquals':{'aws:SourceArn':'arn:aws:events:us-east-1:000000000000:rule/b/other'}}",
        "REFUSED|,'Condition':{'StringEquals':{'aws:SourceAccount':'111111111111'}}",
        "REFUSED|,'Condition':{'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}",
        "REFUSED|,'Effect':'Deny'",
      })
  void aStatementSaysFor(Verdict verdict, String change) {
    assertThat(verdict("[" + statement(change == null ? "" : change) + "]")).isEqualTo(verdict);
  }

  /** As CDK's enforceSSL writes it. */
  @Test
  void aDenialOfWhatIsNotOverTlsIsNotMeant() {
    String overTls =
        "{'Effect':'Deny','Principal':{'AWS':'*'},'Action':'sqs:*','Resource':'"
            + QUEUE
            + "','Condition':{'Bool':{'aws:SecureTransport':'false'}}}";
    assertThat(verdict("[" + overTls + "," + statement("") + "]")).isEqualTo(Verdict.ALLOWED);
    assertThat(verdict("[" + overTls.replace("false", "true") + "," + statement("") + "]"))
        .isEqualTo(Verdict.REFUSED);
  }

  @Test
  void oneStatementNeedsNoList() {
    assertThat(verdict(statement(""))).isEqualTo(Verdict.ALLOWED);
  }
}
