package agentpost.cli.cloud;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.platform.AwsErrorReader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceMetadata;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.AcquireInitialTokenResponse;
import software.amazon.awssdk.retries.api.RecordSuccessRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenResponse;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.retries.api.RetryToken;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;

/**
 * Services of which a call or two are wanted, and a jar of 3 MB each is not: signed, tried again
 * and refused as the SDK's clients do it, with JSON for input and output.
 */
public final class AwsApi {
  private static final JsonMapper JSON = new JsonMapper();
  private final SdkHttpClient http;
  private final AwsCredentials credentials;
  private final Region region;
  private final Optional<URI> endpoint;

  /**
   * @param endpoint a local cloud's; AWS's own if there is none
   */
  AwsApi(SdkHttpClient http, AwsCredentials credentials, Region region, Optional<URI> endpoint) {
    this.http = http;
    this.credentials = credentials;
    this.region = region;
    this.endpoint = endpoint;
  }

  /**
   * @param prefix of the service's host names
   * @param signedFor as requests to it are signed
   * @param jsonVersion of the AWS JSON protocol, as the service's model has it
   */
  public record Service(String prefix, String signedFor, String jsonVersion) {
    public static final Service API_GATEWAY = of("apigateway", "apigateway");
    public static final Service CERTIFICATES = of("acm", "acm");
    public static final Service EVENTS = of("events", "events");
    public static final Service LOGS = of("logs", "logs");
    public static final Service MONITORING = new Service("monitoring", "monitoring", "1.0");
    public static final Service QUOTAS = of("servicequotas", "servicequotas");
    public static final Service SCHEMAS = of("schemas", "schemas");
    public static final Service SES = of("email", "ses");

    private static Service of(String prefix, String signedFor) {
      return new Service(prefix, signedFor, "1.1");
    }
  }

  /** The same in another region, where global services are. */
  public AwsApi in(Region other) {
    return new AwsApi(http, credentials, endpoint.isPresent() ? region : other, endpoint);
  }

  /**
   * An operation of the AWS JSON protocol.
   *
   * @param target as {@code X-Amz-Target} has it
   * @throws AwsServiceException if it is refused
   */
  public JsonNode call(Service service, String target, JsonNode input) {
    byte[] body = input.toString().getBytes(UTF_8);
    SdkHttpRequest request =
        request(service, "/")
            .method(SdkHttpMethod.POST)
            .putHeader("X-Amz-Target", target)
            .putHeader("Content-Type", "application/x-amz-json-" + service.jsonVersion())
            .putHeader("Content-Length", Integer.toString(body.length))
            .build();
    return send(service, request, () -> new ByteArrayInputStream(body));
  }

  /**
   * What is at a path of a REST service.
   *
   * @throws AwsServiceException if it is refused
   */
  public JsonNode get(Service service, String path) {
    SdkHttpRequest request =
        request(service, path)
            .method(SdkHttpMethod.GET)
            .putHeader("Accept", "application/json")
            .build();
    return send(service, request, InputStream::nullInputStream);
  }

  /** The time by a service's clock, if its answer has one; nobody has to be known to it. */
  public Optional<Instant> serverTime(Service service) {
    SdkHttpRequest asked = request(service, "/").method(SdkHttpMethod.GET).build();
    try {
      HttpExecuteResponse answer =
          http.prepareRequest(HttpExecuteRequest.builder().request(asked).build()).call();
      answer.responseBody().ifPresent(AbortableInputStream::abort);
      return answer
          .httpResponse()
          .firstMatchingHeader("Date")
          .map(date -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
    } catch (IOException e) {
      throw SdkClientException.create(String.valueOf(e.getMessage()), e);
    }
  }

  private SdkHttpRequest.Builder request(Service service, String path) {
    URI host =
        endpoint.orElseGet(
            () ->
                URI.create("https://" + ServiceMetadata.of(service.prefix()).endpointFor(region)));
    return SdkHttpRequest.builder().uri(host).encodedPath(path);
  }

  private JsonNode send(Service service, SdkHttpRequest request, ContentStreamProvider body) {
    RetryStrategy retries = AwsRetryStrategy.standardRetryStrategy();
    AcquireInitialTokenResponse first =
        retries.acquireInitialToken(AcquireInitialTokenRequest.create(service.prefix()));
    RetryToken token = first.token();
    Duration delay = first.delay();
    while (true) {
      pause(delay);
      try {
        JsonNode answer = sendOnce(service, request, body);
        retries.recordSuccess(RecordSuccessRequest.create(token));
        return answer;
      } catch (SdkException e) {
        RetryToken tried = token;
        RefreshRetryTokenResponse next =
            retryOr(
                e,
                () ->
                    retries.refreshRetryToken(
                        RefreshRetryTokenRequest.builder().token(tried).failure(e).build()));
        token = next.token();
        delay = next.delay();
      }
    }
  }

  private static RefreshRetryTokenResponse retryOr(
      SdkException failure, Supplier<RefreshRetryTokenResponse> next) {
    try {
      return next.get();
    } catch (TokenAcquisitionFailedException e) {
      throw failure;
    }
  }

  private static void pause(Duration delay) {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SdkClientException.create("interrupted", e);
    }
  }

  private JsonNode sendOnce(Service service, SdkHttpRequest request, ContentStreamProvider body) {
    SignedRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(credentials)
                        .request(request)
                        .payload(body)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service.signedFor())
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region.id()));
    HttpExecuteRequest.Builder execution = HttpExecuteRequest.builder().request(signed.request());
    if (request.method() == SdkHttpMethod.POST) {
      execution.contentStreamProvider(signed.payload().orElse(body));
    }
    try {
      HttpExecuteResponse response = http.prepareRequest(execution.build()).call();
      try (InputStream in =
          response
              .responseBody()
              .<InputStream>map(answer -> answer)
              .orElseGet(InputStream::nullInputStream)) {
        return read(response.httpResponse(), in.readAllBytes());
      }
    } catch (IOException e) {
      throw SdkClientException.create(String.valueOf(e.getMessage()), e);
    }
  }

  private static JsonNode read(SdkHttpResponse response, byte[] body) throws IOException {
    if (response.isSuccessful()) {
      return body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
    }
    AwsErrorDetails error = AwsErrorReader.read(response, body);
    throw AwsServiceException.builder()
        .statusCode(response.statusCode())
        .message(error.errorMessage())
        .awsErrorDetails(
            error.errorCode().isEmpty()
                ? error.toBuilder().errorCode("status " + response.statusCode()).build()
                : error)
        .build();
  }
}
