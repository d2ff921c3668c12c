package agentpost.cli.cloud;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/** Clients of AWS's SDK, for AWS or for a local cloud. */
sealed interface AwsClients {
  /** A function that is invoked answers at its end. */
  Duration REQUEST_TIMEOUT = Duration.ofSeconds(90);

  AwsBasicCredentials LOCAL_CREDENTIALS = AwsBasicCredentials.create("operations", "local");

  record Local(URI endpoint) implements AwsClients {}

  /** In the local cloud's own JVM, where what is asked is no client's request. */
  record InProcess(URI endpoint, agentpost.platform.AwsClients clients) implements AwsClients {}

  /**
   * @param region the profile's own if none is named
   */
  record OnAws(Optional<String> profile, Optional<String> region) implements AwsClients {
    private DefaultCredentialsProvider credentials() {
      DefaultCredentialsProvider.Builder credentials = DefaultCredentialsProvider.builder();
      profile.ifPresent(credentials::profileName);
      return credentials.build();
    }

    private Region findRegion() {
      return region
          .map(Region::of)
          .orElseGet(
              () ->
                  DefaultAwsRegionProviderChain.builder()
                      .profileFile(ProfileFile::defaultProfileFile)
                      .profileName(profile.orElse("default"))
                      .build()
                      .getRegion());
    }
  }

  /**
   * @param http of the calls; its owner's to close
   */
  default AwsApi api(SdkHttpClient http) {
    return switch (this) {
      case Local(var endpoint) -> localApi(http, endpoint);
      case InProcess(var endpoint, _) -> localApi(http, endpoint);
      case OnAws aws -> {
        try (DefaultCredentialsProvider credentials = aws.credentials()) {
          yield new AwsApi(
              http, credentials.resolveCredentials(), aws.findRegion(), Optional.empty());
        }
      }
    };
  }

  private static AwsApi localApi(SdkHttpClient http, URI endpoint) {
    return new AwsApi(http, LOCAL_CREDENTIALS, Region.US_EAST_1, Optional.of(endpoint));
  }

  default <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C build(B builder) {
    if (this instanceof InProcess(_, var clients)) {
      return clients.create(builder);
    }
    builder.httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(REQUEST_TIMEOUT));
    switch (this) {
      case InProcess _ -> throw new IllegalStateException("It was built above");
      case Local(var endpoint) ->
          builder
              .endpointOverride(endpoint)
              .region(Region.US_EAST_1)
              .credentialsProvider(StaticCredentialsProvider.create(LOCAL_CREDENTIALS));
      case OnAws aws -> builder.region(aws.findRegion()).credentialsProvider(aws.credentials());
    }
    return builder.build();
  }
}
