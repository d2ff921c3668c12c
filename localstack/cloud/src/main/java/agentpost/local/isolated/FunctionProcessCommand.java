package agentpost.local.isolated;

import agentpost.catalog.ResourceNames;
import agentpost.local.isolated.child.ApiNames;
import agentpost.local.isolated.child.RuntimeLauncher;
import agentpost.local.lambda.FunctionSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The command and the environment of a function's process, as the managed runtime {@code java25}
 * starts it, and what leads it to the local cloud.
 */
final class FunctionProcessCommand {
  private static final String REGION = "us-east-1";

  /**
   * The heap is 85 % of the memory, or all but 243 MB where that is more: what the managed
   * runtime's -XX:MaxHeapSize is at 512, 1536 and 4096 MB.
   */
  static final long NON_HEAP_KILOBYTES = 243 * 1024;

  private FunctionProcessCommand() {}

  static long heapKilobytes(int memory) {
    long all = memory * 1024L;
    return Math.max(all * 85 / 100, all - NON_HEAP_KILOBYTES);
  }

  static List<String> command(FunctionSettings function, FunctionFiles installed, EgressProxy out) {
    int wayOut = out.port();
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-XX:MaxHeapSize=" + heapKilobytes(function.memory()) + "k");
    words.addAll(List.of("-XX:+UseSerialGC", "-Xshare:auto", "-XX:+TieredCompilation"));
    if (!function.snapStart()) {
      // Lambda developer guide, "Customize Java runtime startup behavior": from java25 on, not with
      // SnapStart.
      words.add("-XX:TieredStopAtLevel=1");
    }
    words.addAll(List.of("--add-opens=java.base/java.io=ALL-UNNAMED", "-XX:+ErrorFileToStderr"));
    words.add("-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");
    words.add(
        "-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI="
            + installed.nativeClient());
    // From here on, what is not Lambda's. JDK 25 warns of native code otherwise; nobody's ~/.aws is
    // the function's.
    words.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Duser.home=/nonexistent"));
    // Lambda's LANG, below, is a locale that a machine need not have.
    words.addAll(List.of("-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8"));
    words.addAll(
        List.of(
            "-DsocksProxyHost=127.0.0.1",
            "-DsocksProxyPort=" + wayOut,
            "-Dhttps.proxyHost=127.0.0.1",
            "-Dhttps.proxyPort=" + wayOut));
    words.addAll(
        List.of(
            "-Djavax.net.ssl.trustStore=" + installed.trustStore(),
            "-Djavax.net.ssl.trustStoreType=JKS"));
    words.add("-D" + ApiNames.ALLOWED + "=" + String.join(",", out.egress().allowedHosts()));
    words.addAll(
        List.of(
            "-classpath",
            installed.classPath(),
            RuntimeLauncher.class.getName(),
            function.handler()));
    return words;
  }

  /** Nothing of this process's own environment: what a developer has set is not the function's. */
  static Map<String, String> environment(
      FunctionSettings function,
      Path taskRoot,
      RuntimeApi api,
      String token,
      String accessKeyId,
      String endpoint) {
    Map<String, String> variables = new TreeMap<>(function.environment());
    variables.put("_HANDLER", function.handler());
    variables.put("AWS_REGION", REGION);
    variables.put("AWS_DEFAULT_REGION", REGION);
    variables.put("AWS_EXECUTION_ENV", "AWS_Lambda_java25");
    variables.put("AWS_LAMBDA_FUNCTION_NAME", function.name());
    variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(function.memory()));
    variables.put("AWS_LAMBDA_FUNCTION_VERSION", "1");
    variables.put("AWS_LAMBDA_LOG_GROUP_NAME", ResourceNames.functionLog(function.name()));
    variables.put("AWS_LAMBDA_LOG_STREAM_NAME", "local");
    variables.put("AWS_LAMBDA_RUNTIME_API", api.address());
    variables.put("_LAMBDA_TELEMETRY_LOG_FD", ProcessOutput.FRAMES_TO);
    variables.put("LAMBDA_TASK_ROOT", taskRoot.toString());
    variables.put("TZ", ":UTC");
    variables.put("LANG", "en_US.UTF-8");
    variables.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    if (function.snapStart()) {
      variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
      variables.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", api.credentials());
      variables.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", token);
    } else {
      variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
      variables.put("AWS_ACCESS_KEY_ID", accessKeyId);
      variables.put("AWS_SECRET_ACCESS_KEY", "local");
      variables.put("AWS_SESSION_TOKEN", "local");
    }
    variables.put("AWS_ENDPOINT_URL", endpoint);
    return variables;
  }

  /** AWS's client has its HTTP in native code, which is there for Linux and nothing else. */
  static String nativeClient() {
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return switch (machine) {
      case "amd64", "x86_64" -> "libaws-lambda-jni.linux-x86_64.so";
      case "aarch64", "arm64" -> "libaws-lambda-jni.linux-aarch_64.so";
      default ->
          throw new UnsupportedOperationException(
              "AWS's Java runtime interface client has no native part for this machine, "
                  + machine);
    };
  }

  /**
   * @throws UnsupportedOperationException where functions cannot run in processes of their own
   */
  static void requireLinux() {
    String system = System.getProperty("os.name");
    if (!system.equals("Linux")) {
      throw new UnsupportedOperationException(
          "AWS's Java runtime interface client has no native part for "
              + system
              + ", only for Linux; run it in a Linux container, or without isolation");
    }
  }
}
