package agentpost.local.junit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives every test of a class a local cloud of its own, with the template deployed: its own bus,
 * queues, tables, clock and port, so that tests run in parallel and leave nothing behind. Test
 * methods and {@code @BeforeEach} methods take as parameters a {@link TestCloud}, and any client of
 * the AWS SDK for Java 2 that is on the class path, such as {@code EventBridgeClient}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(LocalCloudExtension.class)
public @interface AgentpostTest {
  /**
   * Directory of the synthesized template, from the working directory. Unless given it is what the
   * system property {@code agentpost.cdk.out} names, or else the nearest {@code target/cdk.out} of
   * the working directory or above, where {@code ./agentpost synth} puts it.
   */
  String cdkOut() default "";

  /**
   * How many times faster than the wall waits, ages, schedules and rates go, from 1. EventBridge's
   * first wait is about a second, its longest ten minutes.
   */
  double timeScale() default 60;

  /** How long an await of the test waits, in seconds of the wall, before it fails. */
  int patience() default 20;

  /** Of the waits between attempts, so that a run can be repeated. */
  long jitterSeed() default 1;
}
