package com.example.extensions;

import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import agentpost.testing.FakeDirectory;
import agentpost.testing.FakeHttp;
import agentpost.testing.FakeNetwork;
import agentpost.testing.FakeQueue;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.sqs.SqsClientBuilder;

/** What functions run on, as a team's own test sees it: public types and nothing else. */
final class Functions implements AutoCloseable {
  static final String TIME = "2026-03-31T10:30:00Z";
  final MovableClock clock = new MovableClock(Instant.parse(TIME));
  final FakeDirectory directory = new FakeDirectory();
  final FakeSecretsManager secrets = new FakeSecretsManager().with(FakeDirectory.AGENTS, directory);
  final FakeQueue queue = new FakeQueue(clock, Duration.ofSeconds(30), 8);
  final LocalTables tables = new LocalTables();
  final List<String> log = new CopyOnWriteArrayList<>();

  Platform platform(Map<String, String> environment, FakeHttp.OtherSide internet) {
    return new Platform(
        environment,
        clock,
        new AwsClients() {
          @Override
          @SuppressWarnings("unchecked") // Each builder's client is the one that it builds.
          public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
              B builder) {
            return (C)
                switch (builder) {
                  case SecretsManagerClientBuilder _ -> secrets;
                  case DynamoDbClientBuilder _ -> tables.client();
                  case SqsClientBuilder _ -> queue;
                  default -> throw new IllegalArgumentException(builder.getClass().getName());
                };
          }
        },
        new FakeHttp(internet),
        new FakeNetwork(internet)
            .with("chat.example.com", "93.184.216.34")
            .with("api.example.com", "93.184.216.35"),
        log::add);
  }

  @Override
  public void close() {
    tables.close();
  }
}
