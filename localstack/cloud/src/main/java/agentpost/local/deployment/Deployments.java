package agentpost.local.deployment;

import agentpost.local.cloudformation.Change;
import agentpost.local.cloudformation.Deployer;
import agentpost.local.cloudformation.SynthesizedStack;
import agentpost.local.iam.Authorizer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** One after the other, and each function has its role at the end. */
public final class Deployments {
  private final Deployer deployer;
  private final Authorizer rights;
  private final AtomicReference<Path> folder;
  private volatile boolean isDone;

  /**
   * @param folder is set to where the files are that a deployment comes with
   */
  public Deployments(Deployer deployer, Authorizer rights, AtomicReference<Path> folder) {
    this.deployer = deployer;
    this.rights = rights;
    this.folder = folder;
  }

  /** All stacks that {@code cdk synth} wrote. */
  public synchronized List<Change> deploy(Path cdkOut) {
    folder.set(cdkOut);
    List<Change> changes = deployer.deploy(cdkOut);
    end();
    return changes;
  }

  public synchronized void deploy(SynthesizedStack stack) {
    folder.set(stack.folder());
    deployer.deploy(stack);
    end();
  }

  private void end() {
    rights.requireRoles();
    isDone = true;
  }

  /** Whether there has been one. */
  public boolean isDone() {
    return isDone;
  }
}
