package agentpost.cli.project;

import agentpost.cli.terminal.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;

/** A project for a team's own agents, with one event and one agent that hears it. */
public final class NewProject {
  private static final Pattern PACKAGE = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*+");
  private static final Pattern OTHERS_PACKAGE = Pattern.compile("(agentpost|java|javax)(\\..*)?");

  private final Path folder;
  private final String javaPackage;
  private final Properties versions;

  /**
   * @param versions of agentpost and of the plugins and libraries that its own build has
   */
  public NewProject(Path folder, String javaPackage, Properties versions) {
    this.folder = folder.toAbsolutePath().normalize();
    this.javaPackage = javaPackage;
    this.versions = versions;
  }

  /**
   * @throws ProjectException if it cannot be
   */
  public void write() {
    if (!PACKAGE.matcher(javaPackage).matches() || !SourceVersion.isName(javaPackage)) {
      throw new ProjectException(
          "--package "
              + javaPackage
              + " is not a package name: lower-case words of letters, digits and _, no keywords,"
              + " with dots between them, as in com.example.shop");
    }
    if (OTHERS_PACKAGE.matcher(javaPackage).matches()) {
      throw new ProjectException(
          "--package "
              + javaPackage
              + " is not yours: it begins with agentpost, java or javax; take one such as"
              + " com.example.shop");
    }
    NewFiles files = new NewFiles(folder, files());
    if (isEmptyFolder()) {
      files.add();
    } else if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new ProjectException(folder + " exists already; name a new folder or an empty one");
    } else {
      files.writeFolder();
    }
  }

  private boolean isEmptyFolder() {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (Stream<Path> contents = Files.list(folder)) {
      return contents.findAny().isEmpty();
    } catch (IOException e) {
      throw new ProjectException(folder + " cannot be read: " + FileErrors.explain(e));
    }
  }

  /** As Maven takes it for an artifact. */
  private String name() {
    String plain =
        String.valueOf(folder.getFileName())
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return plain.isEmpty() || Character.isDigit(plain.charAt(0)) ? "agents" : plain;
  }

  private SequencedMap<String, String> files() {
    Map<String, String> values = new LinkedHashMap<>();
    versions.stringPropertyNames().forEach(key -> values.put(key, versions.getProperty(key)));
    values.put("name", name());
    values.put("package", javaPackage);
    String main = "src/main/java/" + javaPackage.replace('.', '/') + "/";
    String test = "src/test/java/" + javaPackage.replace('.', '/') + "/";
    String event = "events-schemas/order.placed/";
    SequencedMap<String, String> files = new LinkedHashMap<>();
    files.put("pom.xml", Template.fill("pom.xml", values));
    files.put(Project.CATALOG, Template.fill("agents.yaml", values));
    files.put("cdk.json", Template.fill("cdk.json", values));
    files.put("README.md", Template.fill("README.md", values));
    files.put(".gitignore", Template.fill("gitignore", values));
    files.put("agentpost", Template.fill("agentpost", values));
    files.put("mvnw", Template.read("mvnw"));
    files.put(".mvn/maven.config", Template.fill("maven.config", values));
    files.put(".mvn/wrapper/maven-wrapper.properties", Template.read("maven-wrapper.properties"));
    files.put("src/main/assembly/functions.xml", Template.fill("functions.xml", values));
    files.put(main + "OrderHandler.java", Template.fill("OrderHandler.java", values));
    files.put(test + "OrderHandlerTest.java", Template.fill("OrderHandlerTest.java", values));
    files.put(test + "OrderFlowIT.java", Template.fill("OrderFlowIT.java", values));
    files.put(test + "Examples.java", Template.fill("Examples.java", values));
    files.put(event + "1.schema.json", Template.fill("order.schema.json", values));
    files.put(event + "examples/order.json", Template.fill("order.json", values));
    files.put(
        event + "counterexamples/without-order-id.json",
        Template.fill("without-order-id.json", values));
    return files;
  }
}
