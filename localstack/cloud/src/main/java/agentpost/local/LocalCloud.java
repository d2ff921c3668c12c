package agentpost.local;

import agentpost.local.apigateway.RestApiService;
import agentpost.local.cloudformation.Change;
import agentpost.local.cloudformation.Deployer;
import agentpost.local.cloudformation.control.Bootstrap;
import agentpost.local.cloudformation.control.CloudFormationService;
import agentpost.local.cloudformation.control.StackRegistry;
import agentpost.local.cloudformation.control.UploadedFiles;
import agentpost.local.deployment.Deployments;
import agentpost.local.deployment.ResourceProviders;
import agentpost.local.dynamodb.DynamoDbService;
import agentpost.local.dynamodb.TableFactory;
import agentpost.local.egress.Egress;
import agentpost.local.egress.ExternalStandIns;
import agentpost.local.email.Outbox;
import agentpost.local.eventbridge.EventBridge;
import agentpost.local.eventbridge.delivery.DeliveryListener;
import agentpost.local.eventbridge.delivery.PendingDelivery;
import agentpost.local.extension.Extensions;
import agentpost.local.frontdoor.CloudPages;
import agentpost.local.frontdoor.FrontDoorLimits;
import agentpost.local.frontdoor.Gateway;
import agentpost.local.frontdoor.InProcessClients;
import agentpost.local.frontdoor.LocalTargetServices;
import agentpost.local.frontdoor.PageHandler;
import agentpost.local.frontdoor.Router;
import agentpost.local.iam.ActionMapper;
import agentpost.local.iam.Authorizer;
import agentpost.local.iam.TemplatePolicies;
import agentpost.local.isolated.IsolatedSandboxes;
import agentpost.local.lambda.AsyncInvocations;
import agentpost.local.lambda.EventSourceMappings;
import agentpost.local.lambda.FunctionCode;
import agentpost.local.lambda.FunctionHost;
import agentpost.local.lambda.FunctionLog;
import agentpost.local.lambda.FunctionUrls;
import agentpost.local.lambda.IdlePollDetector;
import agentpost.local.lambda.InProcessSandboxes;
import agentpost.local.lambda.LambdaService;
import agentpost.local.lambda.LocalNetwork;
import agentpost.local.lambda.LocalPlatformFactory;
import agentpost.local.lambda.Sandboxes;
import agentpost.local.logs.LogsService;
import agentpost.local.policy.ResourcePolicies;
import agentpost.local.s3.S3Service;
import agentpost.local.scheduler.Scheduler;
import agentpost.local.secrets.SecretsManager;
import agentpost.local.sqs.SqsService;
import agentpost.local.ssm.ParameterStore;
import agentpost.local.sts.TokenService;
import agentpost.local.time.ScaledTimeline;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.StubResponder;
import agentpost.platform.AwsClients;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the synthesized template declares, running in this JVM on one port, of loopback unless it is
 * told otherwise.
 */
public final class LocalCloud implements AutoCloseable {
  private static final int MAX_PORTS = 10;
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(5);

  private final ScaledTimeline timeline;
  private final SqsService queues;
  private final DynamoDbService tables;
  private final Gateway gateway;
  private final EventBridge events;
  private final Outbox outbox = new Outbox();
  private final LogsService logs = new LogsService();
  private final FunctionLog log = new FunctionLog(logs);
  private final S3Service buckets = new S3Service(Clock.systemUTC());
  private final Deployer deployer;
  private final CloudFormationService stacks;
  private final EventSourceMappings sources;
  private final Egress egress;
  private final ExternalStandIns standIns;
  private final LocalTargetServices reach;
  private final RestApiService apis;
  private final ResourceProviders providers;
  private final FunctionHost functions;
  private final int port;
  private final Router router;
  private final Deployments deployments;

  private LocalCloud(LocalCloudOptions options) throws Exception {
    this.port = options.port() == 0 ? freePort() : options.port();
    this.timeline = new ScaledTimeline(options.timeScale(), Clock.systemUTC());
    ResourcePolicies policies = new ResourcePolicies();
    this.queues = new SqsService(port, policies);
    this.tables = new DynamoDbService();
    Authorizer rights = new Authorizer(policies, log);
    this.egress = new Egress(options.routes(), options.allowed());
    this.standIns = new ExternalStandIns(timeline.clock());
    this.reach =
        new LocalTargetServices(
            queues, logs, rights, () -> port, options.strict(), egress, standIns::port);
    Extensions extensions = Extensions.load();
    this.events = new EventBridge(timeline, reach, extensions.targets(), options.jitterSeed());
    ParameterStore parameters = new ParameterStore();
    this.functions = new FunctionHost(sandboxes(options), log);
    SecretsManager secrets = new SecretsManager(timeline, functions::succeeds);
    AsyncInvocations unanswered = new AsyncInvocations(functions, timeline, log);
    reach.invokes(unanswered::accept, unanswered::isFull);
    reach.keepsIn(secrets);
    this.sources = new EventSourceMappings(queues, functions, log);
    Scheduler scheduler =
        new Scheduler(
            timeline, events.service(), unanswered::accept, reach, rights, log, this::isIdle);
    scheduler.runner().waitsFor(events.runningAttempts());
    IdlePollDetector looks = new IdlePollDetector();
    scheduler.runner().passesLooksInVain(looks::ofNext);
    scheduler.runner().passesOverWhile(functions::isAtWork);
    this.apis = new RestApiService(functions, rights);
    FunctionUrls urls = new FunctionUrls(functions, rights);
    Map<String, Router.Service> byTarget =
        Map.of(
            "AWSEvents", new Router.Service("events", events.service()),
            "secretsmanager", new Router.Service("secretsmanager", secrets.service()),
            "AmazonSSM", new Router.Service("ssm", parameters.service()),
            "Logs_20140328", new Router.Service("logs", logs.service()),
            "AmazonSQS", new Router.Service("sqs", queues),
            "DynamoDB_20120810", new Router.Service("dynamodb", tables));
    LambdaService lambda = new LambdaService(functions, unanswered, rights::roleOf);
    Map<String, Router.Service> byPath = new LinkedHashMap<>();
    new CloudPages(
            events,
            outbox,
            standIns,
            logs,
            rights,
            timeline,
            this::isDeployed,
            () -> templateOutputs().keySet(),
            this::inertResources)
        .byPath()
        .forEach((path, page) -> byPath.put(path, new Router.Service("agentpost", page)));
    byPath.put("/v2/email", new Router.Service("ses", outbox));
    byPath.put("/schedules", new Router.Service("scheduler", scheduler));
    byPath.put("/000000000000/", new Router.Service("sqs", queues));
    byPath.put(LambdaService.CONCURRENCY_PREFIX, new Router.Service("lambda", lambda));
    byPath.put(LambdaService.PREFIX, new Router.Service("lambda", lambda));
    AtomicReference<Path> cdkOut = new AtomicReference<>(Path.of("cdk.out"));
    this.providers =
        new ResourceProviders(
            new ResourceProviders.Services(
                events.service(),
                secrets,
                parameters.service(),
                logs,
                queues,
                buckets,
                functions,
                unanswered,
                urls,
                sources,
                scheduler,
                apis,
                new TableFactory(() -> clients("cloudformation")),
                cdkOut::get),
            endpoint().toString());
    StackRegistry registry = new StackRegistry(timeline.clock());
    ActionMapper calls = new ActionMapper(secrets::arn, secrets::tags);
    this.deployer =
        new Deployer(
            new TemplatePolicies(rights, policies, calls)
                .wrap(extensions.addTo(providers.providers())),
            secrets::value,
            registry,
            registry::id);
    this.deployments = new Deployments(deployer, rights, cdkOut);
    this.stacks =
        new CloudFormationService(
            registry,
            deployer,
            new UploadedFiles(buckets, cdkOut::get),
            deployments::deploy,
            reach::showOutput,
            timeline.clock());
    Bootstrap.make(buckets, parameters);
    this.router =
        new Router(
            apis,
            Optional.of(urls),
            Map.of("s3", buckets, "sqs", queues),
            byTarget,
            byPath,
            Map.of("sts", new TokenService(Clock.systemUTC()), "cloudformation", stacks),
            (caller, service, request) -> {
              rights.require(caller, service, () -> calls.of(service, request));
              looks.recordCall(caller, request);
            },
            options.isolated()
                ? request -> rights.functionOfKey(Router.accessKeyId(request))
                : _ -> Optional.empty());
    this.gateway =
        new Gateway(port, options.host(), options.names(), FrontDoorLimits.DEFAULT, router);
    try {
      gateway.open();
    } catch (IOException e) {
      stacks.close();
      sources.close();
      functions.close();
      standIns.close();
      queues.stop();
      tables.stop();
      timeline.close();
      events.close();
      buckets.close();
      throw e;
    }
  }

  /**
   * @throws Exception an {@link IOException} if the port is taken
   */
  public static LocalCloud start(LocalCloudOptions options) throws Exception {
    for (int tries = 1; ; tries++) {
      try {
        return new LocalCloud(options);
      } catch (IOException e) {
        // A free port is free until somebody else takes it.
        if (options.port() != 0 || tries == MAX_PORTS || !(e.getCause() instanceof BindException)) {
          throw e;
        }
      }
    }
  }

  private Sandboxes sandboxes(LocalCloudOptions options) throws IOException, InterruptedException {
    return options.isolated()
        ? IsolatedSandboxes.start(() -> port, egress, log)
        : new InProcessSandboxes(
            new LocalPlatformFactory(
                timeline.clock(),
                this::clients,
                reach,
                new LocalNetwork(() -> port, egress, standIns::port),
                log),
            log);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public URI endpoint() {
    return URI.create("http://localhost:" + port);
  }

  /**
   * Deploys what {@code cdk synth} wrote to a directory. Again, it changes only what is not as it
   * was: queues and data stay.
   *
   * @return what was made, changed and removed
   */
  public List<Change> deploy(Path cdkOut) {
    return deployments.deploy(cdkOut);
  }

  private boolean isDeployed() {
    return deployments.isDone();
  }

  /**
   * Has functions run what was built now; {@code before} is what they were built from until then.
   */
  public FunctionHost.Reloaded reload(FunctionCode before, FunctionCode now) {
    return functions.reload(before, now);
  }

  /** A stack's outputs, as a shell on this machine can use them. */
  public Map<String, Map<String, String>> outputs() {
    Map<String, Map<String, String>> shown = new LinkedHashMap<>();
    deployer
        .stacks()
        .forEach(
            (stack, outputs) -> {
              Map<String, String> each = new LinkedHashMap<>();
              outputs.forEach((key, value) -> each.put(key, reach.showOutput(value)));
              shown.put(stack, each);
            });
    return shown;
  }

  /** The stacks' outputs as the template has them: what the cloud's own parts know. */
  public Map<String, Map<String, String>> templateOutputs() {
    return deployer.stacks();
  }

  /** What the template declares and nothing here acts on: names by resource type. */
  public Map<String, List<String>> inertResources() {
    return providers.inertResources();
  }

  public void listen(DeliveryListener listener) {
    events.listen(listener);
  }

  /** Hears every line that functions log: the function's name and the line. */
  public void listenToLogs(BiConsumer<String, String> listener) {
    log.listen(listener);
  }

  /** Hears of every request that was answered for a host that may not be called. */
  public void listenToStandIns(Consumer<ExternalStandIns.Received> listener) {
    standIns.listen(listener);
  }

  /** Hears of every request to an API of the template that was answered, with its answer. */
  public void listenToApis(BiConsumer<AwsRequest, AwsResponse> listener) {
    apis.listen(listener);
  }

  /** Has another serve what is below {@code /_agentpost/} and no page of the cloud's own. */
  public void serve(PageHandler pages) {
    gateway.serve(pages);
  }

  /** What is kept of an event's attempts and ends, oldest first, as JSON. */
  public List<String> attempts(String eventId) {
    return events.attempts(eventId);
  }

  int standInPort() {
    return standIns.port();
  }

  /** The cloud's time, which may run ahead of the wall's. */
  public Instant now() {
    return timeline.now();
  }

  /**
   * Sets the cloud's time forward: what is due until then happens on the way, in the order it is
   * due, and what has begun ends before the time moves on. Sockets and signatures keep the wall's
   * time, and queues their visibility.
   *
   * @param patience how long, on the wall's clock, nothing may end while something is under way
   * @throws IllegalStateException naming what does not end
   */
  public void advance(Duration by, Duration patience) {
    timeline.advance(
        by,
        patience,
        () -> Stream.concat(functions.atWork().stream(), sources.atWork().stream()).toList());
  }

  /** Has another answer at a path of the template's API, before its function is asked. */
  public void standIn(String path, StubResponder other) {
    apis.standIn(path, other);
  }

  /** Has another answer at a URL that may not be called from here. */
  public void standIn(URI url, StubResponder other) {
    standIns.standIn(url, other);
  }

  /** The lines that a log group keeps, oldest first; none if there is no such group. */
  public List<String> logLines(String group) {
    return logs.lines(group);
  }

  public List<PendingDelivery> pendingDeliveries() {
    return events.pendingDeliveries();
  }

  public List<Outbox.Mail> outbox() {
    return outbox.mails();
  }

  /**
   * AWS clients for this cloud, for code in this JVM, as a function of that name has them; a name
   * that is no function's is a person's.
   */
  public AwsClients clients(String function) {
    return new InProcessClients(router, endpoint(), function);
  }

  private boolean isIdle() {
    return events.inFlightCount() == 0 && gateway.idleTime().compareTo(IDLE_TIMEOUT) > 0;
  }

  @Override
  public void close() {
    log.silence();
    stacks.close();
    timeline.close();
    sources.close();
    gateway.shut();
    events.close();
    buckets.close();
    functions.close();
    standIns.close();
    queues.stop();
    tables.stop();
  }
}
