package agentpost.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** Where a command looks: in a local cloud, or on AWS as soon as a profile or a region is named. */
class CloudPlace {
  private static final String LOCAL = "http://localhost:4566";
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** A function that is invoked answers at its end. */
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(90);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--endpoint-url", paramLabel = "URL", description = "A local cloud; " + LOCAL + " unless given.")
  private @Nullable URI endpoint;

  @Option(names = "--profile", paramLabel = "NAME", description = "AWS, with this profile's credentials.")
  private @Nullable String profile;

  @Option(names = "--region", paramLabel = "REGION", description = "AWS, in this region; the profile's own unless given.")
  private @Nullable String region;

  boolean isAws() {
    return profile != null || region != null;
  }

  private URI local() {
    return endpoint == null ? URI.create(LOCAL) : endpoint;
  }

  /** How messages call it. */
  String label() {
    return isAws() ? "AWS" : local().toString();
  }

  /** What there is to know, from a client of that kind; failures as a person at a terminal can use them. */
  <T, C extends SdkAutoCloseable, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> T asked(B builder, Function<C, T> question) {
    if (endpoint != null && isAws()) {
      throw new ParameterException(spec.commandLine(), "--endpoint-url is for a local cloud, --profile and --region are for AWS");
    }
    if (!isAws() && (local().getHost() == null || !("http".equals(local().getScheme()) || "https".equals(local().getScheme())))) {
      throw new ParameterException(spec.commandLine(), "Invalid value for option '--endpoint-url': it must be like " + LOCAL);
    }
    try (C client = client(builder)) {
      return question.apply(client);
    } catch (SdkServiceException e) {
      throw new CommandFailure(label() + " did not answer what was asked: " + e.getMessage());
    } catch (SdkException e) {
      throw new CommandFailure(
          isAws() ? "AWS could not be asked: " + e.getMessage() : "nothing answers at " + label() + "; start ./agentpost local, or say where to look with --endpoint-url, --profile or --region");
    }
  }

  private <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C client(B builder) {
    builder.httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(LONGEST_ANSWER));
    if (!isAws()) {
      return builder
          .endpointOverride(local())
          .region(Region.US_EAST_1)
          .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("operations", "local")))
          .build();
    }
    Optional<String> named = Optional.ofNullable(profile);
    String where =
        region != null
            ? region
            : DefaultAwsRegionProviderChain.builder().profileFile(ProfileFile::defaultProfileFile).profileName(named.orElse("default")).build().getRegion().id();
    DefaultCredentialsProvider.Builder credentials = DefaultCredentialsProvider.builder();
    named.ifPresent(credentials::profileName);
    return builder.region(Region.of(where)).credentialsProvider(credentials.build()).build();
  }

  /** A local cloud's time may run ahead of the wall's; what is in its table goes by it. */
  Instant now() {
    if (isAws()) {
      return Instant.now();
    }
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      HttpRequest health = HttpRequest.newBuilder(local().resolve("/_agentpost/health")).timeout(PATIENCE).build();
      String now = new JsonMapper().readTree(http.send(health, HttpResponse.BodyHandlers.ofString()).body()).path("now").asText("");
      return now.isEmpty() ? Instant.now() : Instant.parse(now);
    } catch (IOException e) {
      // Another endpoint, such as LocalStack's: its time is the wall's.
      return Instant.now();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Instant.now();
    }
  }
}
