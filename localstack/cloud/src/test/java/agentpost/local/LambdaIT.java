package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.testing.Templates;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.GetFunctionResponse;
import software.amazon.awssdk.services.lambda.model.InvalidRequestContentException;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.LogType;
import software.amazon.awssdk.services.lambda.model.RequestTooLargeException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;

/**
 * Lambda by the SDK's client: what it tells of functions, their qualifiers, the tail of their logs,
 * and the sizes of what goes in and out.
 */
class LambdaIT {
  private static final int MEGABYTE = 1024 * 1024;
  private static final String BEGIN = "START RequestId: [0-9a-f-]{36} Version: \\$LATEST\n";
  private static final String END =
      "END RequestId: [0-9a-f-]{36}\nREPORT RequestId: [0-9a-f-]{36}\tDuration: [0-9.]+ ms"
          + "\tBilled Duration: [0-9]+ ms\tMemory Size: [0-9]+ MB\n";
  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;
  private static LambdaClient lambda;

  @BeforeAll
  static void start() throws Exception {
    String handler = "'Handler':'agentpost.local.testing.TalkingHandler'";
    Templates.write(
        cdkOut,
        "lambda",
        ("{'Resources':{'Talks':{'Type':'AWS::Lambda::Function','Properties':{'FunctionName':'talks',"
                + handler
                + ",'ReservedConcurrentExecutions':50}},"
                + "'Plain':{'Type':'AWS::Lambda::Function','Properties':{'FunctionName':'plain',"
                + handler
                + "}},'Version':{'Type':'AWS::Lambda::Version','Properties':{'FunctionName':{'Ref':'Talks'}}},"
                + "'Alias':{'Type':'AWS::Lambda::Alias','Properties':{'FunctionName':{'Ref':'Talks'},'Name':'beta','FunctionVersion':'1'}}}}")
            .replace('\'', '"'));
    cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1));
    cloud.deploy(cdkOut);
    lambda = cloud.clients("test").create(LambdaClient.builder());
  }

  @AfterAll
  static void stop() {
    lambda.close();
    cloud.close();
  }

  private static InvokeResponse invoke(String event) {
    return lambda.invoke(
        invoke ->
            invoke
                .functionName("talks")
                .logType(LogType.TAIL)
                .payload(SdkBytes.fromUtf8String(event)));
  }

  private static String tail(InvokeResponse response) {
    return new String(Base64.getDecoder().decode(response.logResult()), UTF_8);
  }

  @Test
  void aFunctionIsDescribedSoThatItCanBeWaitedFor() {
    GetFunctionResponse function = lambda.getFunction(get -> get.functionName("talks"));
    assertThat(function.configuration().stateAsString()).isEqualTo("Active");
    assertThat(function.configuration().lastUpdateStatusAsString()).isEqualTo("Successful");
    assertThat(function.concurrency().reservedConcurrentExecutions()).isEqualTo(50);
    assertThat(
            lambda
                .waiter()
                .waitUntilFunctionActiveV2(get -> get.functionName("talks"))
                .matched()
                .response())
        .isPresent();
    assertThat(
            lambda
                .waiter()
                .waitUntilFunctionExists(get -> get.functionName("talks"))
                .matched()
                .response())
        .isPresent();
    assertThatThrownBy(() -> lambda.getFunction(get -> get.functionName("none")))
        .isInstanceOf(ResourceNotFoundException.class)
        .hasMessageContaining(
            "Function not found: arn:aws:lambda:us-east-1:000000000000:function:none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "talks",
        "talks:beta",
        "talks:1",
        "talks:$LATEST",
        "arn:aws:lambda:us-east-1:000000000000:function:talks:beta",
        "000000000000:function:talks",
        "plain:live"
      })
  void aFunctionHasTheQualifiersOfItsTemplate(String name) {
    assertThatCode(() -> lambda.getFunctionConfiguration(get -> get.functionName(name)))
        .doesNotThrowAnyException();
    assertThat(lambda.invoke(invoke -> invoke.functionName(name)).payload().asUtf8String())
        .isEqualTo("\"\"");
  }

  /** Lambda API reference, "Invoke", X-Amz-Executed-Version. */
  @ParameterizedTest
  @CsvSource({"talks,$LATEST", "talks:$LATEST,$LATEST", "talks:1,1", "talks:beta,1"})
  void theVersionThatRanIsTheUnpublishedOneUnlessAnotherIsAskedFor(String name, String version) {
    assertThat(lambda.invoke(invoke -> invoke.functionName(name)).executedVersion())
        .isEqualTo(version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nosuch", "live", "2", "BETA"})
  void aQualifierThatIsNotThereIsNoFunction(String qualifier) {
    for (InvocationType type :
        List.of(InvocationType.REQUEST_RESPONSE, InvocationType.EVENT, InvocationType.DRY_RUN)) {
      assertThatThrownBy(
              () ->
                  lambda.invoke(
                      invoke ->
                          invoke.functionName("talks").qualifier(qualifier).invocationType(type)))
          .isInstanceOf(ResourceNotFoundException.class)
          .hasMessageContaining(
              "Function not found: arn:aws:lambda:us-east-1:000000000000:function:talks:"
                  + qualifier);
    }
    assertThatThrownBy(() -> lambda.invoke(invoke -> invoke.functionName("talks:" + qualifier)))
        .isInstanceOf(ResourceNotFoundException.class);
    assertThatThrownBy(
            () -> lambda.getFunction(get -> get.functionName("talks").qualifier(qualifier)))
        .isInstanceOf(ResourceNotFoundException.class);
    assertThatThrownBy(
            () -> lambda.invoke(invoke -> invoke.functionName("talks:beta").qualifier(qualifier)))
        .hasMessageContaining("derived qualifier");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arn:aws:lambda:eu-west-1:000000000000:function:talks",
        "arn:aws:lambda:us-east-1:123456789012:function:talks"
      })
  void anotherRegionsOrAccountsFunctionIsNotThisOne(String arn) {
    assertThatThrownBy(() -> lambda.invoke(invoke -> invoke.functionName(arn)))
        .isInstanceOf(ResourceNotFoundException.class)
        .hasMessageContaining("Function not found: " + arn);
  }

  @Test
  void theTailIsWhatThisInvocationLogged() {
    assertThat(tail(invoke("{\"lines\":2,\"name\":\"one\"}")))
        .matches(BEGIN + "line 1 of one\nline 2 of one\n" + END);
    // Lambda developer guide, "Using Lambda function logs with Java": START, END and REPORT are
    // every invocation's.
    assertThat(tail(invoke("{}"))).matches(BEGIN + END);
    assertThat(
            lambda
                .invoke(
                    invoke ->
                        invoke
                            .functionName("talks")
                            .payload(SdkBytes.fromUtf8String("{\"lines\":2}")))
                .logResult())
        .isNull();
  }

  @Test
  void theTailIsTheLastFourKilobytes() {
    byte[] tail = Base64.getDecoder().decode(invoke("{\"lines\":1000,\"name\":\"ü\"}").logResult());
    assertThat(tail).hasSizeBetween(4000, 4096);
    assertThat(new String(tail, UTF_8))
        .contains("line 990 of ü\n", "line 1000 of ü\nEND RequestId: ")
        .containsPattern("\nREPORT RequestId: .* MB\n$");
  }

  @Test
  void invocationsAtTheSameTimeHaveTailsOfTheirOwn() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<String>> tails =
          IntStream.range(0, 20)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> tail(invoke("{\"lines\":20,\"name\":\"n" + i + "\"}")), threads))
              .toList();
      for (int i = 0; i < 20; i++) {
        String name = "n" + i;
        assertThat(tails.get(i).join().lines().filter(line -> line.startsWith("line ")))
            .hasSize(20)
            .allMatch(line -> line.endsWith(" of " + name));
      }
    }
  }

  private static SdkBytes json(int bytes) {
    return SdkBytes.fromUtf8String("{\"a\":\"" + "x".repeat(bytes - 8) + "\"}");
  }

  @Test
  void aPayloadHasItsSize() {
    assertThatCode(
            () -> lambda.invoke(invoke -> invoke.functionName("talks").payload(json(6 * MEGABYTE))))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                lambda.invoke(
                    invoke -> invoke.functionName("talks").payload(json(6 * MEGABYTE + 1))))
        .isInstanceOf(RequestTooLargeException.class)
        .hasMessageContaining(
            "Request must be smaller than 6291456 bytes for the InvokeFunction operation");
    assertThatCode(
            () ->
                lambda.invoke(
                    invoke ->
                        invoke
                            .functionName("talks")
                            .invocationType(InvocationType.EVENT)
                            .payload(json(MEGABYTE))))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                lambda.invoke(
                    invoke ->
                        invoke
                            .functionName("talks")
                            .invocationType(InvocationType.EVENT)
                            .payload(json(MEGABYTE + 1))))
        .isInstanceOf(RequestTooLargeException.class);
  }

  @Test
  void anAnswerHasItsSize() {
    InvokeResponse answer = invoke("{\"characters\":6291454}");
    assertThat(answer.functionError()).isNull();
    InvokeResponse tooLarge = invoke("{\"characters\":6291455}");
    assertThat(tooLarge.functionError()).isEqualTo("Unhandled");
    assertThat(tooLarge.payload().asUtf8String())
        .contains("Function.ResponseSizeTooLarge", "exceeded maximum allowed payload size");
  }

  @Test
  void whatItCannotHonourIsNamed() {
    assertThatThrownBy(
            () -> lambda.invoke(invoke -> invoke.functionName("talks").clientContext("e30=")))
        .isInstanceOf(LambdaException.class)
        .hasMessageContaining("ClientContext of Invoke");
    assertThatThrownBy(() -> lambda.listFunctions(list -> list.functionVersion("ALL")))
        .hasMessageContaining("FunctionVersion of ListFunctions");
    assertThatThrownBy(
            () ->
                lambda.putFunctionConcurrency(
                    put -> put.functionName("talks").reservedConcurrentExecutions(-1)))
        .hasMessageContaining("reservedConcurrentExecutions");
  }

  @ParameterizedTest
  @ValueSource(strings = {"not json", "{", "{} {}", "'a'", "{\"a\":}", " ", "[[[[", "NaN"})
  void aPayloadThatIsNoJsonReachesNoFunction(String payload) {
    for (InvocationType type : InvocationType.knownValues()) {
      assertThatThrownBy(
              () ->
                  lambda.invoke(
                      invoke ->
                          invoke
                              .functionName("talks")
                              .invocationType(type)
                              .payload(SdkBytes.fromUtf8String(payload))))
          .as(type.toString())
          .isInstanceOf(InvalidRequestContentException.class)
          .hasMessageContaining("Could not parse request body into json");
    }
  }

  @Test
  void aPayloadIsUtf8() {
    assertThatThrownBy(
            () ->
                lambda.invoke(
                    invoke ->
                        invoke
                            .functionName("talks")
                            .payload(SdkBytes.fromByteArray(new byte[] {'"', (byte) 0xff, '"'}))))
        .isInstanceOf(InvalidRequestContentException.class);
  }
}
