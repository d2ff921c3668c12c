package agentpost.cli.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class BrowserTest {
  @Test
  void eachSystemHasACommandOfItsOwn() {
    assertEquals(List.of("xdg-open"), Browser.command("Linux"));
    assertEquals(List.of("open"), Browser.command("Mac OS X"));
    assertEquals(List.of("rundll32", "url.dll,FileProtocolHandler"), Browser.command("Windows 11"));
  }
}
