package agentpost.cli.cloud;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/** Clients of AWS's SDK, for AWS or for a local cloud. */
sealed interface AwsClients {
  /** A function that is invoked answers at its end. */
  Duration REQUEST_TIMEOUT = Duration.ofSeconds(90);

  record Local(URI endpoint) implements AwsClients {}

  /**
   * @param region the profile's own if none is named
   */
  record OnAws(Optional<String> profile, Optional<String> region) implements AwsClients {
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

  default <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C build(B builder) {
    builder.httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(REQUEST_TIMEOUT));
    switch (this) {
      case Local(var endpoint) ->
          builder
              .endpointOverride(endpoint)
              .region(Region.US_EAST_1)
              .credentialsProvider(
                  StaticCredentialsProvider.create(
                      AwsBasicCredentials.create("operations", "local")));
      case OnAws aws -> {
        DefaultCredentialsProvider.Builder credentials = DefaultCredentialsProvider.builder();
        aws.profile().ifPresent(credentials::profileName);
        builder.region(aws.findRegion()).credentialsProvider(credentials.build());
      }
    }
    return builder.build();
  }
}
