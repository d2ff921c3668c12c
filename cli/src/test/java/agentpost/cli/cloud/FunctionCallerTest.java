package agentpost.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.Progress;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.EniNotReadyException;
import software.amazon.awssdk.services.lambda.model.InvokeRequest;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.ResourceNotReadyException;
import software.amazon.awssdk.services.lambda.model.SnapStartNotReadyException;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;

/** A function that was put away is waited for; whatever else goes wrong is told at once. */
class FunctionCallerTest {
  private final StringWriter said = new StringWriter();
  private final List<InvokeRequest> asked = new ArrayList<>();

  static Stream<LambdaException> putAway() {
    return Stream.of(
        (LambdaException)
            SnapStartNotReadyException.builder().message("is initializing your function").build(),
        (LambdaException)
            ResourceNotReadyException.builder().message("its VPC connection is gone").build(),
        (LambdaException)
            EniNotReadyException.builder().message("its network interface is made").build(),
        (LambdaException)
            ResourceConflictException.builder()
                .message("The function is currently in the following state: Pending")
                .build());
  }

  private JsonNode call(Deque<LambdaException> failures, String payload, Optional<String> error) {
    LambdaClient client =
        new LambdaClient() {
          @Override
          public InvokeResponse invoke(InvokeRequest request) {
            asked.add(request);
            if (!failures.isEmpty()) {
              throw failures.pop();
            }
            InvokeResponse.Builder answer =
                InvokeResponse.builder().payload(SdkBytes.fromUtf8String(payload));
            error.ifPresent(answer::functionError);
            return answer.build();
          }

          @Override
          public String serviceName() {
            return SERVICE_NAME;
          }

          @Override
          public void close() {
            // Holds nothing.
          }
        };
    return new FunctionCaller(
            client, Duration.ZERO, new Progress(new PrintWriter(said, true), false))
        .call(
            "agentpost-redrive",
            JsonNodeFactory.instance.objectNode().put("agent", "crm"),
            () -> new CommandFailure("there is no such function"),
            ". Nothing is lost");
  }

  @ParameterizedTest
  @MethodSource("putAway")
  void whatWasPutAwayIsWaitedForAndAskedTheSameAgain(LambdaException reason) {
    Deque<LambdaException> failures = new ArrayDeque<>(Collections.nCopies(30, reason));
    assertEquals(
        "{\"delivered\":3}", call(failures, "{\"delivered\":3}", Optional.empty()).toString());
    assertThat(asked)
        .hasSize(31)
        .allSatisfy(
            request -> {
              assertEquals("agentpost-redrive", request.functionName());
              assertEquals("live", request.qualifier());
              assertEquals("{\"agent\":\"crm\"}", request.payload().asUtf8String());
            });
    assertThat(said.toString().lines())
        .as("a line for each further tenth")
        .hasSize(3)
        .allMatch(line -> line.endsWith("waiting until Lambda has it ready again"));
  }

  @ParameterizedTest
  @MethodSource("putAway")
  void whatIsNotReadyForTooLongIsToldWithWhatLambdaSays(LambdaException reason) {
    Deque<LambdaException> failures = new ArrayDeque<>(Collections.nCopies(1000, reason));
    assertThatThrownBy(() -> call(failures, "{}", Optional.empty()))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContainingAll("agentpost-redrive is still not ready", "run this again later")
        .hasMessageContaining(String.valueOf(reason.getMessage()));
    assertThat(asked).hasSize(FunctionCaller.MAX_TRIES);
  }

  @Test
  void whatElseGoesWrongIsToldAtOnce() {
    LambdaException throttled =
        (LambdaException) TooManyRequestsException.builder().message("Rate exceeded").build();
    assertThatThrownBy(() -> call(new ArrayDeque<>(List.of(throttled)), "{}", Optional.empty()))
        .isSameAs(throttled);
    LambdaException missing = (LambdaException) ResourceNotFoundException.builder().build();
    assertThatThrownBy(() -> call(new ArrayDeque<>(List.of(missing)), "{}", Optional.empty()))
        .hasMessage("there is no such function");
    assertThatThrownBy(
            () ->
                call(
                    new ArrayDeque<>(),
                    "{\"errorMessage\":\"it broke\"}",
                    Optional.of("Unhandled")))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("agentpost-redrive failed: it broke; its log has more. Nothing is lost");
    assertThatThrownBy(() -> call(new ArrayDeque<>(), "<html>", Optional.empty()))
        .hasMessage("agentpost-redrive answered something that is not JSON");
    assertThat(asked).hasSize(4);
    assertThat(said.toString()).isEmpty();
  }
}
