package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The machine's own chromium, and what it says of pages that are opened in it. */
final class Chromium implements AutoCloseable {
  private static final String AXE = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

  private final Playwright driver;
  private final Browser browser;
  private final String axe;
  private final List<String> errors = new CopyOnWriteArrayList<>();

  private Chromium(Playwright driver, Browser browser, String axe) {
    this.driver = driver;
    this.browser = browser;
    this.axe = axe;
  }

  /** Skips the test where there is none. */
  static Chromium start() throws IOException {
    Optional<Path> executable = find();
    assumeTrue(executable.isPresent(), "there is no chromium on this machine's PATH");
    assumeTrue(
        System.getenv("PLAYWRIGHT_DRIVER_DIR") != null,
        "PLAYWRIGHT_DRIVER_DIR names no driver; see docs/testing.md");
    String axe;
    try (InputStream in = Chromium.class.getResourceAsStream(AXE)) {
      axe = new String(in.readAllBytes(), UTF_8);
    }
    Playwright driver =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    try {
      return new Chromium(
          driver,
          driver
              .chromium()
              .launch(
                  new BrowserType.LaunchOptions()
                      .setExecutablePath(executable.get())
                      // Root, as a container's, has no sandbox.
                      .setArgs(List.of("--no-sandbox"))),
          axe);
    } catch (RuntimeException e) {
      driver.close();
      throw e;
    }
  }

  private static Optional<Path> find() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .flatMap(folder -> Stream.of("chromium", "chromium-browser").map(Path.of(folder)::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }

  Page open(ColorScheme scheme, int width) {
    return open(scheme, width, 1);
  }

  /**
   * @param zoom pixels of the screen for one of the page's
   */
  Page open(ColorScheme scheme, int width, int zoom) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setColorScheme(scheme)
                .setViewportSize(width, 900 / zoom)
                .setDeviceScaleFactor(zoom)
                .setTimezoneId("Asia/Tokyo")
                .setLocale("en-GB"));
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            errors.add(page.url() + ": " + message.text());
          }
        });
    page.onPageError(error -> errors.add(page.url() + ": " + error));
    page.onDialog(
        dialog -> {
          errors.add(page.url() + ": a dialog: " + dialog.message());
          dialog.dismiss();
        });
    return page;
  }

  /** Nobody is kept out, and nothing is wider than the window. */
  void check(Page page) {
    page.evaluate(axe);
    Object violations =
        page.evaluate(
            "axe.run(document).then(found => found.violations.map("
                + "one => one.id + ': ' + one.nodes.map(node => node.html).join(' | ')))");
    assertThat((List<?>) violations).as("axe-core on " + page.url()).isEmpty();
    assertThat(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
        .as("wider than the window: " + page.url())
        .isEqualTo(0);
  }

  /** What pages said in the browser's console, or asked, so far. */
  List<String> errors() {
    return errors;
  }

  @Override
  public void close() {
    browser.close();
    driver.close();
  }
}
