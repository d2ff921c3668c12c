package agentpost.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import agentpost.testing.LocalTables;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/** What fails by a size fails as often as it is tried; everything else may pass. */
class PlatformLimitsTest {
  private static AwsServiceException refused(int status, String code, String text) {
    return DynamoDbException.builder()
        .statusCode(status)
        .awsErrorDetails(
            AwsErrorDetails.builder()
                .serviceName("Scheduler")
                .errorCode(code)
                .errorMessage(text)
                .build())
        .build();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Item size has exceeded the maximum allowed size|400 KB",
        "Item size to update has exceeded the maximum allowed size|400 KB",
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size"
            + " limit of2048 bytes|2048",
        "One or more parameter values were invalid: Aggregated size of all range keys has exceeded"
            + " the size limit of 1024 bytes|1024",
        "1 validation error detected: Attribute name is too large, must be less than 65536"
            + " bytes|64 KB",
        "Total size of the entries in the request is over the limit.|1 MB",
        "1 validation error detected: Value 'secret' at 'target.input' failed to satisfy"
            + " constraint: Member must have length less than or equal to 262144|target.input may"
            + " have at most 262144 characters",
        "One or more parameters are invalid. Reason: Message must be shorter than 1048576"
            + " bytes.|at most 1048576 bytes",
        "Message length is more than 41943040 bytes long|at most 41943040 bytes"
      })
  void aLimitIsNamedAndNothingOfTheRequest(String text, String named) {
    AwsServiceException refused = refused(400, "ValidationException", text);
    assertThat(PlatformLimits.explain(new IllegalStateException("somewhere above", refused)))
        .hasValueSatisfying(why -> assertThat(why).contains(named).doesNotContain("secret"));
  }

  @Test
  void aRequestThatIsTooLargeIsOneWhateverItsTextSays() {
    assertThat(PlatformLimits.explain(refused(413, "413", ""))).isPresent();
    assertThat(PlatformLimits.explain(new LastingFailureException("at most 3")))
        .contains("at most 3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The provided key element does not match the schema",
        "Rate exceeded",
        "Requested resource not found",
        "User is not authorized to perform: dynamodb:PutItem"
      })
  void whatMayBeMendedIsNoLimit(String text) {
    assertThat(PlatformLimits.explain(refused(400, "ValidationException", text))).isEmpty();
    assertThat(
            PlatformLimits.explain(
                refused(
                    500,
                    "InternalServerError",
                    "Item size has exceeded" + " the maximum allowed size")))
        .isEmpty();
    assertThat(PlatformLimits.explain(SdkClientException.create(text))).isEmpty();
    assertThat(PlatformLimits.explain(new IllegalStateException(text))).isEmpty();
  }

  /** DynamoDB Local's own words. */
  @Test
  void whatDynamoDbSaysOfAnItemThatIsTooLargeIsKnown() {
    try (LocalTables tables = new LocalTables()) {
      Map<String, AttributeValue> key =
          Map.of("agent", AttributeValue.fromS("a"), "key", AttributeValue.fromS("k"));
      AttributeValue large = AttributeValue.fromS("x".repeat(450_000));
      Map<String, AttributeValue> row = new HashMap<>(key);
      row.put("much", large);
      Throwable put =
          catchThrowable(
              () ->
                  tables.client().putItem(one -> one.tableName(LocalTables.AGENT_STATE).item(row)));
      Throwable update =
          catchThrowable(
              () ->
                  tables
                      .client()
                      .updateItem(
                          one ->
                              one.tableName(LocalTables.AGENT_STATE)
                                  .key(key)
                                  .updateExpression("SET much = :much")
                                  .expressionAttributeValues(Map.of(":much", large))));
      assertThat(List.of(put, update))
          .allSatisfy(
              failure ->
                  assertThat(PlatformLimits.explain(failure))
                      .contains("DynamoDB keeps no item of more than 400 KB"));
    }
  }
}
