package agentpost.local.junit;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.logging.Logger;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.spi.LoggerContext;
import org.apache.logging.log4j.spi.Provider;
import org.apache.logging.log4j.status.StatusLogger;
import org.slf4j.LoggerFactory;

/**
 * A test that passes prints nothing: what the local cloud brings logs no more than warnings, unless
 * the test's own configuration names its logger. Without a configuration Logback prints everything
 * from DEBUG on (Logback manual, "Configuration") and slf4j-simple from INFO on.
 */
final class LogSilencer {
  private static final List<String> LIBRARIES =
      List.of(
          "com.amazonaws",
          "com.almworks.sqlite4java",
          "com.networknt",
          "org.eclipse.jetty",
          "org.partiql",
          "software.amazon");

  /**
   * SLF4J 2.0.10 and later: without a provider it says so in three lines (SLF4J manual,
   * "slf4j.internal.verbosity").
   */
  private static final String VERBOSITY = "slf4j.internal.verbosity";

  /** Of the logger that the Log4j API has for itself. */
  private static final String LOG4J_SIMPLE = "org.apache.logging.log4j.simplelog.level";

  /** Of slf4j-simple, before a logger's name; it looks when the logger is made. */
  private static final String SLF4J_SIMPLE = "org.slf4j.simpleLogger.log.";

  /** Kept, since java.util.logging forgets the level of a logger that nobody holds. */
  private static final List<Logger> JUL = LIBRARIES.stream().map(Logger::getLogger).toList();

  private LogSilencer() {}

  /** Again with every cloud: Spring Boot sets Logback up anew whenever an application starts. */
  // What Log4j has had since has no name in the versions that Spring Boot 3 manages.
  @SuppressWarnings("deprecation")
  static void libraries() {
    JUL.stream()
        .filter(logger -> logger.getLevel() == null)
        .forEach(logger -> logger.setLevel(java.util.logging.Level.WARNING));
    LIBRARIES.forEach(library -> unlessSet(SLF4J_SIMPLE + library, "warn"));
    unlessSet(VERBOSITY, "ERROR");
    if (ServiceLoader.load(Provider.class).findFirst().isEmpty()) {
      // It would say that it has no provider. DynamoDB Local logs through it: its errors are
      // failures of its own, of which its answers say nothing.
      StatusLogger.getLogger().setLevel(Level.OFF);
      unlessSet(LOG4J_SIMPLE, "ERROR");
    } else {
      quietLog4j(LogManager.getContext(false));
    }
    if (LoggerFactory.getILoggerFactory()
        .getClass()
        .getName()
        .equals("ch.qos.logback.classic.LoggerContext")) {
      LIBRARIES.forEach(LogSilencer::quietLogback);
    }
  }

  private static void unlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** Without a dependency on Logback, which is the test's to have or not. */
  private static void quietLogback(String library) {
    org.slf4j.Logger logger = LoggerFactory.getLogger(library);
    try {
      Class<?> level =
          Class.forName("ch.qos.logback.classic.Level", true, logger.getClass().getClassLoader());
      if (logger.getClass().getMethod("getLevel").invoke(logger) == null) {
        logger
            .getClass()
            .getMethod("setLevel", level)
            .invoke(logger, level.getField("WARN").get(null));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "This Logback has no levels as Logback has had them since 1.0", e);
    }
  }

  /**
   * Without a dependency on log4j-core; what only hands on to SLF4J or java.util.logging is quiet
   * with that.
   */
  private static void quietLog4j(LoggerContext context) {
    if (!context.getClass().getName().equals("org.apache.logging.log4j.core.LoggerContext")) {
      return;
    }
    try {
      Object configuration = context.getClass().getMethod("getConfiguration").invoke(context);
      Class<?> type =
          Class.forName(
              "org.apache.logging.log4j.core.config.Configuration",
              true,
              context.getClass().getClassLoader());
      Map<?, ?> named = (Map<?, ?>) type.getMethod("getLoggers").invoke(configuration);
      Method setLevel =
          Class.forName(
                  "org.apache.logging.log4j.core.config.Configurator",
                  true,
                  context.getClass().getClassLoader())
              .getMethod("setLevel", String.class, Level.class);
      for (String library : LIBRARIES) {
        if (!named.containsKey(library)) {
          setLevel.invoke(null, library, Level.WARN);
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "This Log4j has no levels as Log4j has had them since 2.4", e);
    }
  }
}
