package agentpost.delivery;

import agentpost.platform.AwsErrorReader;
import agentpost.platform.Platform;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.awscore.client.builder.AwsDefaultClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.client.config.AwsClientOption;
import software.amazon.awssdk.awscore.endpoint.AwsClientEndpointProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ClientEndpointProvider;
import software.amazon.awssdk.core.client.config.SdkClientConfiguration;
import software.amazon.awssdk.core.client.config.SdkClientOption;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceMetadata;
import software.amazon.awssdk.utils.CompletableFutureUtils;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Invoke, and nothing else of Lambda: the SDK's client would be an eighth of the functions' zip.
 * Endpoint, credentials and errors are as with that client; a call is made once.
 */
public final class InvokeClient {
  /** How a function is invoked, in Lambda's words. */
  public enum Type {
    REQUEST_RESPONSE("RequestResponse"),
    /** Looks whether it might be run. */
    DRY_RUN("DryRun");

    private final String value;

    Type(String value) {
      this.value = value;
    }
  }

  /**
   * @param functionError how the function failed, if it did
   * @param payload empty for a dry run
   */
  public record Answer(Optional<String> functionError, byte[] payload) {}

  private final SdkClientConfiguration config;

  private InvokeClient(SdkClientConfiguration config) {
    this.config = config;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The SDK's own, so that this is given what its clients are given. */
  public static final class Builder extends AwsDefaultClientBuilder<Builder, InvokeClient>
      implements AwsSyncClientBuilder<Builder, InvokeClient> {
    private Builder() {}

    @Override
    protected String serviceEndpointPrefix() {
      return "lambda";
    }

    @Override
    protected String signingName() {
      return "lambda";
    }

    @Override
    protected String serviceName() {
      return "Lambda";
    }

    @Override
    protected SdkClientConfiguration finalizeServiceConfiguration(SdkClientConfiguration given) {
      return given.toBuilder()
          .lazyOptionIfAbsent(
              SdkClientOption.CLIENT_ENDPOINT_PROVIDER,
              options ->
                  ClientEndpointProvider.create(
                      AwsClientEndpointProvider.builder()
                          .serviceEndpointOverrideEnvironmentVariable("AWS_ENDPOINT_URL_LAMBDA")
                          .serviceEndpointOverrideSystemProperty("aws.endpointUrlLambda")
                          .serviceProfileProperty("lambda")
                          .profileFile(options.get(SdkClientOption.PROFILE_FILE_SUPPLIER))
                          .profileName(options.get(SdkClientOption.PROFILE_NAME))
                          .resolveFromOverrides()
                          .orElseGet(() -> ofRegion(options.get(AwsClientOption.AWS_REGION))),
                      false))
          .build();
    }

    private URI ofRegion(Region region) {
      return URI.create(
          "https://" + ServiceMetadata.of(serviceEndpointPrefix()).endpointFor(region));
    }

    @Override
    protected InvokeClient buildClient() {
      return new InvokeClient(syncClientConfiguration());
    }
  }

  /**
   * @param function its name, or its ARN
   * @param within from the call to the end of the answer
   * @throws ApiCallTimeoutException if that is not enough
   * @throws AwsServiceException if Lambda does not run the function
   * @throws SdkClientException if Lambda was not reached
   */
  public Answer invoke(
      String function, String qualifier, Type type, byte[] payload, Duration within) {
    SdkHttpRequest request = request(function, qualifier, type, payload.length);
    FutureTask<Answer> exchange =
        new FutureTask<>(() -> send(request, () -> new ByteArrayInputStream(payload)));
    // On a thread of its own, since an interrupt closes a virtual thread's socket.
    Thread.ofVirtual().name("invoke").start(exchange);
    try {
      return exchange.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      exchange.cancel(true);
      throw ApiCallTimeoutException.create(within.toMillis());
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      throw SdkClientException.create("interrupted", e);
    }
  }

  private static RuntimeException failure(ExecutionException failed) {
    return switch (failed.getCause()) {
      case SdkException e -> e;
      case IOException e -> SdkClientException.create("no way to Lambda: " + e.getMessage(), e);
      case UncheckedIOException e ->
          SdkClientException.create("no way to Lambda: " + e.getMessage(), e);
      case null, default -> new IllegalStateException("A call that cannot be sent", failed);
    };
  }

  private SdkHttpRequest request(String function, String qualifier, Type type, int bytes) {
    URI endpoint = config.option(SdkClientOption.CLIENT_ENDPOINT_PROVIDER).clientEndpoint();
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(endpoint)
            .encodedPath(
                "/2015-03-31/functions/" + SdkHttpUtils.urlEncode(function) + "/invocations")
            .putRawQueryParameter("Qualifier", qualifier)
            .putHeader("X-Amz-Invocation-Type", type.value)
            .putHeader("Content-Type", "application/json")
            .putHeader("Content-Length", Integer.toString(bytes));
    Platform.traceHeader().ifPresent(trace -> request.putHeader("X-Amzn-Trace-Id", trace));
    return request.build();
  }

  private Answer send(SdkHttpRequest request, ContentStreamProvider payload) throws IOException {
    var credentials =
        CompletableFutureUtils.joinLikeSync(
            config.option(AwsClientOption.CREDENTIALS_IDENTITY_PROVIDER).resolveIdentity());
    SignedRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(credentials)
                        .request(request)
                        .payload(payload)
                        .putProperty(
                            AwsV4HttpSigner.SERVICE_SIGNING_NAME,
                            config.option(AwsClientOption.SERVICE_SIGNING_NAME))
                        .putProperty(
                            AwsV4HttpSigner.REGION_NAME,
                            config.option(AwsClientOption.AWS_REGION).id()));
    HttpExecuteResponse response =
        config
            .option(SdkClientOption.SYNC_HTTP_CLIENT)
            .prepareRequest(
                HttpExecuteRequest.builder()
                    .request(signed.request())
                    .contentStreamProvider(signed.payload().orElse(payload))
                    .build())
            .call();
    try (InputStream in =
        response
            .responseBody()
            .<InputStream>map(body -> body)
            .orElseGet(InputStream::nullInputStream)) {
      return read(response.httpResponse(), in.readAllBytes());
    }
  }

  private Answer read(SdkHttpResponse response, byte[] body) {
    if (response.isSuccessful()) {
      return new Answer(response.firstMatchingHeader("X-Amz-Function-Error"), body);
    }
    AwsErrorDetails error =
        AwsErrorReader.read(response, body).toBuilder()
            .serviceName(config.option(SdkClientOption.SERVICE_NAME))
            .build();
    throw AwsServiceException.builder()
        .statusCode(response.statusCode())
        .requestId(response.firstMatchingHeader("x-amzn-RequestId").orElse(""))
        .message(
            error.errorCode().isEmpty()
                ? error.errorMessage()
                : error.errorCode() + ": " + error.errorMessage())
        .awsErrorDetails(error)
        .build();
  }
}
