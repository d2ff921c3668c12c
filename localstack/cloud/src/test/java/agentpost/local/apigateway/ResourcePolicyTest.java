package agentpost.local.apigateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourcePolicyTest {
  private static final String ALLOW =
      "{'Effect':'Allow','Principal':'*','Action':'execute-api:Invoke','Resource':'execute-api:/*'}";
  private static final String DENY =
      "{'Effect':'Deny','Principal':{'AWS':'*'},'Action':['execute-api:Invoke'],'Resource':['execute-api:/prod/POST/webhooks/crm','arn:aws:execute-api:us-east-1:000000000000:abc/prod/POST/ingest/*'],"
          + "'Condition':{'NotIpAddress':{'aws:SourceIp':['192.0.2.0/24','198.51.100.7','2001:db8::/32']}}}";

  private static ResourcePolicy policy(String statements) throws JsonProcessingException {
    return ResourcePolicy.of(
        new JsonMapper()
            .readTree(
                ("{'Version':'2012-10-17','Statement':[" + statements + "]}").replace('\'', '"')));
  }

  @ParameterizedTest
  @CsvSource({
    "prod/POST/webhooks/crm, 192.0.2.7, true",
    "prod/POST/webhooks/crm, 198.51.100.7, true",
    "prod/POST/webhooks/crm, 2001:db8::7, true",
    "prod/POST/webhooks/crm, 198.51.100.8, false",
    "prod/POST/webhooks/crm, 2001:db9::7, false",
    "prod/POST/webhooks/crm, 127.0.0.1, false",
    "prod/POST/webhooks/crm, '', false",
    "prod/POST/ingest/github, 127.0.0.1, false",
    "prod/POST/webhooks/crm2, 127.0.0.1, true",
    "prod/GET/webhooks/crm, 127.0.0.1, true",
    "test/POST/webhooks/crm, 127.0.0.1, true",
    "prod/POST/webhooks/c%72m, 127.0.0.1, true",
  })
  void whatIsDeniedIsDenied(String resource, String address, boolean lets)
      throws JsonProcessingException {
    assertThat(policy(ALLOW + "," + DENY).lets(resource, address)).isEqualTo(lets);
  }

  @Test
  void whatIsNotAllowedIsDenied() throws JsonProcessingException {
    ResourcePolicy some =
        policy(
            "{'Effect':'Allow','Principal':'*','Action':'execute-api:Invoke','Resource':'execute-api:/prod/*','Condition':{'IpAddress':{'aws:SourceIp':'192.0.2.0/24'}}}");
    assertThat(some.lets("prod/POST/x", "192.0.2.7")).isTrue();
    assertThat(some.lets("prod/POST/x", "127.0.0.1")).isFalse();
    assertThat(some.lets("test/POST/x", "192.0.2.7")).isFalse();
  }

  @Test
  void anApiWithoutAPolicyIsForEveryone() throws JsonProcessingException {
    assertThat(ResourcePolicy.of(new JsonMapper().readTree("{}")).lets("prod/POST/x", "127.0.0.1"))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::1:root'},'Action':'execute-api:Invoke','Resource':'execute-api:/*'}",
        "{'Effect':'Allow','Principal':'*','Action':'execute-api:Invoke','NotResource':'execute-api:/*'}",
        "{'Effect':'Allow','Principal':'*','Action':'execute-api:Invoke','Resource':'arn:aws:s3:::b'}",
        "{'Effect':'Allow','Principal':{'Service':'events.amazonaws.com'},'Action':'execute-api:Invoke','Resource':'execute-api:/*'}",
        "{'Effect':'Allow','Principal':'*','Action':'execute-api:Invoke','Resource':'execute-api:/*','Condition':{'StringEquals':{'aws:SourceVpc':'vpc-1'}}}",
        "{'Effect':'Allow','Principal':'*','Action':'execute-api:Invoke','Resource':'execute-api:/*','Condition':{'IpAddress':{'aws:VpcSourceIp':'10.0.0.0/8'}}}"
      })
  void whatItWouldNotEnforceIsRefusedByName(String statement) {
    assertThatThrownBy(() -> policy(statement)).isInstanceOf(IllegalArgumentException.class);
  }
}
