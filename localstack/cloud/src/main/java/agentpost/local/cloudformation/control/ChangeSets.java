package agentpost.local.cloudformation.control;

import agentpost.local.cloudformation.Deployer;
import agentpost.local.cloudformation.StackStatus;
import agentpost.local.cloudformation.SynthesizedStack;
import agentpost.local.cloudformation.UnsupportedTemplateException;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Change sets of stacks, and what is done with them, one after another. */
final class ChangeSets implements AutoCloseable {
  /** What the CDK's command takes for success. */
  private static final String NO_CHANGES =
      "The submitted information didn't contain changes. Submit different information to create a"
          + " change set.";

  private final StackRegistry registry;
  private final Deployer deployer;
  private final Consumer<SynthesizedStack> deploy;
  private final InstantSource clock;
  private final Map<String, ChangeSet> byId = new HashMap<>();
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("deployment").factory());

  ChangeSets(
      StackRegistry registry,
      Deployer deployer,
      Consumer<SynthesizedStack> deploy,
      InstantSource clock) {
    this.registry = registry;
    this.deployer = deployer;
    this.deploy = deploy;
    this.clock = clock;
  }

  /**
   * @param isCreation as its maker has it
   */
  record Request(
      String name,
      SynthesizedStack stack,
      Map<String, String> tags,
      String description,
      boolean isCreation) {}

  synchronized ChangeSet create(Request request) {
    String stackName = request.stack().name();
    Optional<StackRegistry.Summary> present = registry.find(stackName);
    requireType(request, present);
    if (present.flatMap(one -> find(one, request.name())).isPresent()) {
      throw AwsException.badRequest(
          "AlreadyExistsException",
          "ChangeSet "
              + request.name()
              + " cannot be created due to a"
              + " mismatch with existing attribute Name");
    }
    try {
      deployer.validate(request.stack());
    } catch (UnsupportedTemplateException e) {
      throw AwsException.badRequest("ValidationError", String.valueOf(e.getMessage()));
    }
    StackRegistry.Summary of = present.orElseGet(() -> registry.review(stackName));
    Optional<Deployer.Deployed> before = deployer.find(of.key());
    JsonNode old = before.map(Deployer.Deployed::template).orElse(MissingNode.getInstance());
    boolean isSame =
        old.equals(request.stack().template())
            && before.orElseThrow().parameters().equals(request.stack().parameters())
            && of.tags().equals(request.tags());
    ChangeSet made =
        new ChangeSet(
            "arn:aws:cloudformation:us-east-1:000000000000:changeSet/"
                + request.name()
                + "/"
                + UUID.randomUUID(),
            request.name(),
            of,
            request.stack(),
            request.tags(),
            TemplateChanges.of(old, request.stack().template()),
            request.description(),
            clock.instant().truncatedTo(ChronoUnit.MILLIS),
            request.isCreation(),
            isSame ? NO_CHANGES : "",
            false);
    byId.put(made.id(), made);
    return made;
  }

  private static void requireType(Request request, Optional<StackRegistry.Summary> present) {
    String name = request.stack().name();
    StackStatus status = present.map(StackRegistry.Summary::status).orElse(null);
    if (request.isCreation()) {
      if (status != null && status != StackStatus.REVIEW_IN_PROGRESS) {
        throw AwsException.badRequest(
            "AlreadyExistsException",
            "Stack ["
                + name
                + "] already exists and cannot be created again with the changeSet ["
                + request.name()
                + "].");
      }
    } else if (status == null) {
      throw AwsException.badRequest("ValidationError", "Stack [" + name + "] does not exist");
    } else if (!isChangeable(status)) {
      throw AwsException.badRequest(
          "ValidationError",
          "Stack:"
              + present.orElseThrow().id()
              + " is in "
              + status
              + " state and can not be"
              + " updated.");
    }
  }

  private static boolean isChangeable(StackStatus status) {
    return switch (status) {
      case CREATE_COMPLETE, UPDATE_COMPLETE, UPDATE_ROLLBACK_COMPLETE -> true;
      default -> false;
    };
  }

  /**
   * @param nameOrId of the change set
   */
  synchronized Optional<ChangeSet> find(StackRegistry.Summary of, String nameOrId) {
    return byId.values().stream()
        .filter(one -> one.of().id().equals(of.id()))
        .filter(one -> one.name().equals(nameOrId) || one.id().equals(nameOrId))
        .findFirst();
  }

  /** By its id, which tells the stack too. */
  synchronized Optional<ChangeSet> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  synchronized List<ChangeSet> of(StackRegistry.Summary stack) {
    return byId.values().stream()
        .filter(one -> one.of().id().equals(stack.id()))
        .filter(one -> !one.isExecuted())
        .toList();
  }

  synchronized void remove(ChangeSet one) {
    byId.remove(one.id());
  }

  synchronized void execute(ChangeSet one) {
    StackRegistry.Summary now = registry.find(one.of().id()).orElseThrow();
    if (!one.executionStatus().equals("AVAILABLE") || now.status().isUnderWay()) {
      throw AwsException.badRequest(
          "InvalidChangeSetStatus",
          "ChangeSet ["
              + one.id()
              + "] cannot be executed in its current status of ["
              + one.executionStatus()
              + "], with its stack in "
              + now.status());
    }
    // The others were about what there is no more.
    new ArrayList<>(of(now)).forEach(this::remove);
    byId.put(one.id(), one.executed());
    String key = now.key();
    registry.onStack(
        key,
        one.isCreation() ? StackStatus.CREATE_IN_PROGRESS : StackStatus.UPDATE_IN_PROGRESS,
        "");
    start(
        () -> {
          deploy.accept(one.stack());
          registry.tag(key, one.tags());
        },
        key,
        one.isCreation() ? StackStatus.ROLLBACK_FAILED : StackStatus.UPDATE_ROLLBACK_FAILED);
  }

  synchronized void delete(StackRegistry.Summary stack) {
    List.copyOf(byId.values()).stream()
        .filter(one -> one.of().id().equals(stack.id()))
        .forEach(this::remove);
    registry.onStack(stack.key(), StackStatus.DELETE_IN_PROGRESS, "");
    start(
        () -> {
          if (deployer.find(stack.key()).isPresent()) {
            deployer.delete(stack.key());
          } else {
            registry.onStack(stack.key(), StackStatus.DELETE_COMPLETE, "");
          }
        },
        stack.key(),
        StackStatus.DELETE_FAILED);
  }

  /**
   * @param failed what becomes of the stack, unless the deployer has told of its failure
   */
  private void start(Runnable work, String key, StackStatus failed) {
    Future<?> _ =
        worker.submit(
            () -> {
              try {
                work.run();
              } catch (RuntimeException e) {
                fail(key, failed, String.valueOf(e.getMessage()));
              } catch (Error e) {
                // A stack that is under way for good could not even be deleted.
                fail(key, failed, e.toString());
                throw e;
              }
            });
  }

  private void fail(String key, StackStatus failed, String reason) {
    StackStatus status = registry.find(key).map(StackRegistry.Summary::status).orElse(failed);
    if (status.isUnderWay() || status.name().matches("(CREATE|UPDATE)_COMPLETE")) {
      registry.onStack(key, failed, reason);
    }
  }

  @Override
  public void close() {
    worker.shutdownNow();
    worker.close();
  }
}
