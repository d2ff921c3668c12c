package agentpost.platform;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/**
 * One HTTP client, one region and one credentials provider for all clients: nothing is searched for
 * at a cold start.
 */
final class LambdaAwsClients implements AwsClients {
  /**
   * An attempt that has no answer by now is made again; a call that has none gives up while there
   * is time to answer 503.
   */
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(2);

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(4);

  private final SdkHttpClient http = UrlConnectionHttpClient.create();

  /**
   * With SnapStart the keys are not in the environment, where a snapshot would keep them until they
   * expire: Lambda gives the address to ask for them (Lambda developer guide, "Security model for
   * SnapStart"). Without it they are in the environment.
   */
  private final AwsCredentialsProvider credentials =
      AwsCredentialsProviderChain.of(
          ContainerCredentialsProvider.create(), EnvironmentVariableCredentialsProvider.create());

  private final Region region;

  LambdaAwsClients(Region region) {
    this.region = region;
  }

  @Override
  public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder) {
    return builder
        .httpClient(http)
        .credentialsProvider(credentials)
        .region(region)
        .overrideConfiguration(
            override ->
                override.apiCallAttemptTimeout(ATTEMPT_TIMEOUT).apiCallTimeout(CALL_TIMEOUT))
        .build();
  }
}
