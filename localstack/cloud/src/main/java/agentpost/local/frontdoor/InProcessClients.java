package agentpost.local.frontdoor;

import agentpost.platform.AwsClients;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;

/** AWS clients for the local cloud in the JVM that it runs in. */
public final class InProcessClients implements AwsClients {
  private final URI endpoint;
  private final SdkHttpClient http;
  private final StaticCredentialsProvider credentials;

  /**
   * @param caller whose rights they have: a function's name; another's is a person's
   */
  public InProcessClients(Router router, URI endpoint, String caller) {
    this.endpoint = endpoint;
    this.http = new InProcessHttpClient(router, caller);
    // DynamoDB Local takes letters and digits only.
    this.credentials =
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(caller.replaceAll("[^A-Za-z0-9]", ""), "local"));
  }

  @Override
  public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder) {
    return builder
        .httpClient(http)
        .credentialsProvider(credentials)
        .region(Region.US_EAST_1)
        .endpointOverride(endpoint)
        .build();
  }
}
