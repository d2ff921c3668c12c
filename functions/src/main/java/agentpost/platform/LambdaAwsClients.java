package agentpost.platform;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/** One HTTP client, one region and one credentials provider for all clients: nothing is searched for at a cold start. */
final class LambdaAwsClients implements AwsClients {
  private final SdkHttpClient http = UrlConnectionHttpClient.create();
  private final AwsCredentialsProvider credentials = EnvironmentVariableCredentialsProvider.create();
  private final Region region;

  LambdaAwsClients(Region region) {
    this.region = region;
  }

  @Override
  public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder) {
    return builder.httpClient(http).credentialsProvider(credentials).region(region).build();
  }
}
