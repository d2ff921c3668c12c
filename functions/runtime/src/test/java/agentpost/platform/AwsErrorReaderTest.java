package agentpost.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.http.SdkHttpResponse;

class AwsErrorReaderTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = ';',
      quoteCharacter = '|',
      textBlock =
          """
          ThrottlingException:http://internal.amazon.com/x;{"message":"slower"};ThrottlingException;slower
          ServiceException;{"Type":"Service","Message":"broken"};ServiceException;broken
          -;{"__type":"com.amazon.quotas#NoSuchResourceException"};NoSuchResourceException;{"__type":"com.amazon.quotas#NoSuchResourceException"}
          -;<html>;||;<html>
          -;{"message";||;{"message"
          """)
  void codeAndMessageAreReadFromHeaderOrBody(
      String header, String body, String code, String message) {
    SdkHttpResponse.Builder response = SdkHttpResponse.builder().statusCode(400);
    if (header != null) {
      response.putHeader("x-amzn-ErrorType", header);
    }
    AwsErrorDetails error = AwsErrorReader.read(response.build(), body.getBytes(UTF_8));
    assertThat(error.errorCode()).isEqualTo(code);
    assertThat(error.errorMessage()).isEqualTo(message);
  }
}
