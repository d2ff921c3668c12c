package agentpost.local.eventbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import agentpost.local.wire.AwsException;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Requests that are not of their shape, in AWS's words; those marked recorded are as AWS answered
 * LocalStack's own tests.
 */
class ValidationTest {
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private String error(String operation, String input) {
    AwsException e = catchThrowableOfType(AwsException.class, () -> line.call(operation, input));
    assertThat(e).as(operation + " " + input).isNotNull();
    return e.status() + " " + e.code() + ": " + e.description();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '~',
      value = {
        "CreateConnection => {'Name':'This should fail with two errors"
            + " 123467890123412341234123412341234','AuthorizationType':'INVALID','AuthParameters':{}}"
            + " => 3 validation errors detected: Value 'This should fail with two errors"
            + " 123467890123412341234123412341234' at 'name' failed to satisfy constraint: Member"
            + " must have length less than or equal to 64; Value 'This should fail with two errors"
            + " 123467890123412341234123412341234' at 'name' failed to satisfy constraint: Member"
            + " must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+; Value 'INVALID' at"
            + " 'authorizationType' failed to satisfy constraint: Member must satisfy enum value"
            + " set: [BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]",
        "CreateApiDestination =>"
            + " {'Name':'d','ConnectionArn':'invalid-connection-arn','InvocationEndpoint':'https://example.com/api','HttpMethod':'INVALID_METHOD'}"
            + " => 2 validation errors detected: Value 'invalid-connection-arn' at 'connectionArn'"
            + " failed to satisfy constraint: Member must satisfy regular expression pattern:"
            + " ^arn:aws([a-z]|\\-)*:events:([a-z]|\\d|\\-)*:([0-9]{12})?:connection\\/[\\.\\-_A-Za-z0-9]+\\/[\\-A-Za-z0-9]+$;"
            + " Value 'INVALID_METHOD' at 'httpMethod' failed to satisfy constraint: Member must"
            + " satisfy enum value set: [HEAD, POST, PATCH, DELETE, PUT, GET, OPTIONS]",
        "PutTargets =>"
            + " {'Rule':'r','EventBusName':'b','Targets':[{'Id':'!@#$@!#$','Arn':'arn:aws:sqs:us-east-1:0:q'}]}"
            + " => 1 validation error detected: Value '!@#$@!#$' at 'targets.1.member.id' failed to"
            + " satisfy constraint: Member must satisfy regular expression pattern:"
            + " [\\.\\-_A-Za-z0-9]+",
      })
  void isRecorded(String operation, String input, String message) {
    assertThat(error(operation, input)).isEqualTo("400 ValidationException: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "PutRule|{'Name':'','EventPattern':'{}'}|2 validation errors detected: Value '' at 'name'"
            + " failed to satisfy constraint: Member must have length greater than or equal to 1;"
            + " Value '' at 'name'",
        "PutRule|{'Name':'x','State':'ON','EventPattern':'{}'}|Value 'ON' at 'state' failed to"
            + " satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED,"
            + " ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS]",
        "ListRules|{'Limit':0}|Value '0' at 'limit' failed to satisfy constraint: Member must have"
            + " value greater than or equal to 1",
        "RemoveTargets|{'Rule':'r','EventBusName':'b','Ids':['ok','not ok']}|Value '[ok, not ok]'"
            + " at 'ids' failed to satisfy constraint: Member must satisfy constraint: [Member must"
            + " have length less than or equal to 64, Member must have length greater than or equal"
            + " to 1, Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+]",
        "PutTargets|{'Rule':'r','EventBusName':'b','Targets':[{'Id':'1','Arn':'a','HttpParameters':{'HeaderParameters':{'a"
            + " b':'v'}}}]}|Value '{a b=v}' at 'targets.1.member.httpParameters.headerParameters'"
            + " failed to satisfy constraint: Map keys must satisfy constraint: [Member must have"
            + " length less than or equal to 512, ",
        "CreateConnection|{'Name':'c2','AuthorizationType':'BASIC','AuthParameters':{'BasicAuthParameters':{'Username':'u','Password':'a:b'}}}|1"
            + " validation error detected: Value at 'authParameters.basicAuthParameters.password'"
            + " failed to satisfy constraint: Member must satisfy regular expression pattern: ",
        "PutEvents|{'Entries':[{'EventBusName':'a b'}]}|Value 'a b' at"
            + " 'entries.1.member.eventBusName' failed to satisfy constraint: Member must satisfy"
            + " regular expression pattern",
        "CreateArchive|{'ArchiveName':'a','EventSourceArn':'b','RetentionDays':-1}|2 validation"
            + " errors detected: Value 'b' at 'eventSourceArn'",
        "TagResource|{'ResourceARN':'a','Tags':[{'Key':'','Value':'v'},{'Value':'v'}]}|2 validation"
            + " errors detected: Value '' at 'tags.1.member.key' failed to satisfy constraint:"
            + " Member must have length greater than or equal to 1; Value null at"
            + " 'tags.2.member.key' failed to satisfy constraint: Member must not be null",
      })
  void saysWhatIsWrongWhere(String operation, String input, String message) {
    assertThat(error(operation, input)).startsWith("400 ValidationException: ").contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "DescribeRule|{'Name':1}|NUMBER_VALUE can not be converted to String",
        "ListRules|{'Limit':'ten'}|STRING_VALUE can not be converted to Integer",
        "DeleteRule|{'Name':'r','Force':'yes'}|STRING_VALUE can not be converted to Boolean",
        "PutEvents|{'Entries':{}}|Start of structure or map found where not expected.",
        "PutEvents|{'Entries':['text']}|STRING_VALUE can not be converted to Map",
        "PutEvents|{'Entries':[{'Detail':{}}]}|Start of structure or map found where not expected.",
        "PutTargets|{'Rule':'r','Targets':[{'Id':['1']}]}|Start of list found where not expected",
      })
  void whatIsOfAnotherTypeIsNoRequest(String operation, String input, String message) {
    assertThat(error(operation, input)).isEqualTo("400 SerializationException: " + message);
  }

  @Test
  void whatNobodyReadsIsRefusedByName() {
    assertThat(error("CreateEventBus", "{'Name':'unknown','Nonsense':1}"))
        .isEqualTo(
            "400 ValidationException: The local cloud does not support Nonsense of"
                + " CreateEventBus.");
    assertThat(
            error(
                "PutEvents",
                "{'Entries':[{'Source':'s','Nonsense':null,'TraceHeader':'Root=1-5759e988-bd862e3fe1be46a994272793'}]}"))
        .isEqualTo(
            "400 ValidationException: The local cloud does not support TraceHeader of PutEvents.");
    assertThat(error("CreateEventBus", "{'Name':'k','KmsKeyIdentifier':'alias/k'}"))
        .isEqualTo(
            "400 ValidationException: The local cloud does not support KmsKeyIdentifier of"
                + " CreateEventBus.");
    assertThat(error("PutEvents", "{'EndpointId':'abc.def','Entries':[{'Source':'s'}]}"))
        .isEqualTo(
            "400 ValidationException: The local cloud does not support EndpointId of PutEvents.");
    assertThat(
            error(
                "CreateConnection",
                "{'Name':'p','AuthorizationType':'BASIC','AuthParameters':{'BasicAuthParameters':{'Username':'u','Password':'p'},'ConnectivityParameters':{'ResourceParameters':{}}}}"))
        .isEqualTo(
            "400 ValidationException: The local cloud does not support ConnectivityParameters of"
                + " CreateConnection.");
  }
}
