package agentpost.local.scenarios;

import agentpost.local.email.Outbox;
import agentpost.platform.AwsClients;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where scenarios run: AWS's services, and functions hosted in this JVM. */
public interface Cloud extends AutoCloseable {
  Set<Gap> gaps();

  /**
   * Clients as functions have them: each service where this cloud has it, or beside it in this JVM.
   */
  AwsClients aws();

  /** Clients of the cloud itself, also for what it has not. */
  AwsClients bare();

  /** Whether it asks this JVM for what its own services invoke functions for. */
  boolean invokesFunctions();

  /** The cloud's time, which may run ahead of the wall's. */
  Instant now();

  /** How the cloud reaches a server of this JVM. */
  String url(int port, String path);

  /** The template of the CDK app, made in this cloud by the first who asks. */
  App app();

  /**
   * Makes what a synthesized template declares.
   *
   * @return outputs by stack
   */
  Map<String, Map<String, String>> deploy(Path cdkOut);

  List<Outbox.Mail> outbox();

  /** What functions have logged. */
  List<String> log();

  /** Functions hold deadlines by a clock that is so much ahead from now on. */
  void ahead(Duration by);

  @Override
  void close();

  /**
   * The CDK app, deployed.
   *
   * @param prefix of every name
   * @param url of its API, as this JVM reaches it
   */
  record App(String prefix, String url) {
    public String named(String part) {
      return prefix + "-" + part;
    }
  }
}
