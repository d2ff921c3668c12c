package agentpost.local.isolated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The temporary folder belongs to everybody: what is found there decides nothing. */
class FunctionFilesTest {
  /** Higher than any process's number (Linux's most is 4,194,304). */
  private static final String OF_THE_DEAD = "agentpost-isolated-999999999-";

  @TempDir private Path folder;

  private Path left(String name) throws IOException {
    Path directory = Files.createDirectory(folder.resolve(name));
    Files.writeString(Files.createDirectory(directory.resolve("added")).resolve("file"), "x");
    return directory;
  }

  private UserPrincipal owner() throws IOException {
    return Files.getOwner(folder);
  }

  /** Anyone but this test's user. */
  private UserPrincipal somebodyElse() throws IOException {
    for (String name : new String[] {"nobody", "daemon", "bin"}) {
      UserPrincipal other =
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
      if (!other.equals(owner())) {
        return other;
      }
    }
    throw new AssertionError("no other user is known here");
  }

  @Test
  void whatAKilledCloudOfThisUserLeftIsTakenAway() throws IOException {
    Path own = left(OF_THE_DEAD + "1");
    Path living = left("agentpost-isolated-" + ProcessHandle.current().pid() + "-1");
    Path other = left("agentpost-isolated-mine");
    FunctionFiles.forgetTheDead(folder, owner());
    assertThat(own).doesNotExist();
    assertThat(living).exists();
    assertThat(other).exists();
  }

  @Test
  void whatOthersLeftStays() throws IOException {
    Path left = left(OF_THE_DEAD + "1");
    FunctionFiles.forgetTheDead(folder, somebodyElse());
    assertThat(left.resolve("added/file")).exists();
  }

  @Test
  void aFileOrALinkOfSuchANameIsNotFollowedAndStays() throws IOException {
    Path precious = Files.createDirectory(folder.resolve("precious"));
    Files.writeString(precious.resolve("file"), "x");
    Path link = Files.createSymbolicLink(folder.resolve(OF_THE_DEAD + "1"), precious);
    Path dangling =
        Files.createSymbolicLink(folder.resolve(OF_THE_DEAD + "2"), folder.resolve("nowhere"));
    Path file = Files.writeString(folder.resolve(OF_THE_DEAD + "3"), "x");
    FunctionFiles.forgetTheDead(folder, owner());
    assertThat(precious.resolve("file")).exists();
    assertThat(file).exists();
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.isSymbolicLink(dangling)).isTrue();
  }

  /** A folder that may be written to and not listed, or that is gone. */
  @Test
  void aFolderThatCannotBeReadIsNoReasonNotToStart() {
    assertThatCode(() -> FunctionFiles.forgetTheDead(folder.resolve("gone"), owner()))
        .doesNotThrowAnyException();
  }

  /** A name with a link in its own tree: the link goes, and not what it leads to. */
  @Test
  void linksWithinAreTakenAwayAndNotFollowed() throws IOException {
    Path precious = Files.createDirectory(folder.resolve("precious"));
    Files.writeString(precious.resolve("file"), "x");
    Path own = left(OF_THE_DEAD + "1");
    Files.createSymbolicLink(own.resolve("link"), precious);
    FunctionFiles.forgetTheDead(folder, owner());
    assertThat(own).doesNotExist();
    assertThat(precious.resolve("file")).exists();
  }
}
