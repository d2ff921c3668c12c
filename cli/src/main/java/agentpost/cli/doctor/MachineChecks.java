package agentpost.cli.doctor;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.deployment.Finding;
import agentpost.cli.project.BuildProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** This machine and the project's build. */
final class MachineChecks {
  /** As the CDK's release notes have it. */
  private static final int MIN_NODE = 20;

  private static final int PORT = 4566;
  private static final Pattern NODE = Pattern.compile("v([0-9]{1,4})\\..*", Pattern.DOTALL);

  /** What a build and a synthesis say while they run. */
  private static final Pattern PROGRESS = Pattern.compile("building .*|synthesizing .*|\\s*");

  private static final int MAX_LINES = 4;

  private MachineChecks() {}

  static List<Finding> all() {
    return List.of(
        Finding.ok(
            "JDK", System.getProperty("java.version") + " in " + System.getProperty("java.home")),
        node("node"),
        port(PORT),
        prepared("build", System.getProperty("agentpost.build.problem", ""), "./agentpost build"),
        prepared(
            "catalog", System.getProperty("agentpost.template.problem", ""), "./agentpost synth"));
  }

  /**
   * @param program that is asked for its version
   */
  static Finding node(String program) {
    try {
      BuildProcess asked = BuildProcess.run(new ProcessBuilder(program, "--version"));
      Matcher version = NODE.matcher(asked.said());
      return version.matches() && Integer.parseInt(version.group(1)) >= MIN_NODE
          ? Finding.ok("Node.js", asked.said().strip())
          : lacksNode("it is " + asked.said().strip());
    } catch (IOException e) {
      return lacksNode("there is none on the PATH");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return lacksNode("it was not waited for");
    }
  }

  private static Finding lacksNode(String why) {
    return Finding.stop(
        "Node.js",
        why + ", and the CDK needs " + MIN_NODE + " or later to synthesize the template",
        "apt-get install nodejs  # Debian, Ubuntu",
        "brew install node       # macOS");
  }

  static Finding port(int port) {
    String about = "port " + port;
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return Finding.ok(about, "free for a local cloud");
    } catch (IOException e) {
      return CloudOptions.isLocalCloud(port)
          ? Finding.ok(about, "a local cloud runs there")
          : Finding.warn(
              about, "another process has it: " + e.getMessage(), "./agentpost local --port 0");
    }
  }

  /**
   * What the launcher does before most commands.
   *
   * @param problem what ended it; empty if nothing did
   */
  static Finding prepared(String about, String problem, String command) {
    if (problem.isEmpty()) {
      return Finding.ok(about, about.equals("build") ? "up to date" : "valid, and synthesized");
    }
    String lines =
        problem
            .lines()
            .filter(line -> !PROGRESS.matcher(line).matches())
            .map(line -> line.replaceFirst("^agentpost: ", "").strip())
            .limit(MAX_LINES)
            .collect(Collectors.joining("; "));
    return Finding.stop(about, lines, command);
  }
}
