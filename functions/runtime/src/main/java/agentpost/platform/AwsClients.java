package agentpost.platform;

import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;

/**
 * Builds AWS clients for the place a function runs in. On Lambda: the function's region and role.
 * In the local cloud: its endpoint, and credentials that name the function. Each capability says
 * which client it needs ({@code aws.create(DynamoDbClient.builder())}); none knows an endpoint.
 */
public interface AwsClients {
  <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder);
}
