package agentpost.cli.terminal;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Why a file that somebody named cannot be read or written, in words for them. */
public final class FileErrors {
  /** As the system says it of a folder that is read like a file. */
  private static final String DIRECTORY = "Is a directory";

  private FileErrors() {}

  /** Goes on from the file's name: {@code FILE cannot be read: …}. */
  public static String explain(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "permission denied";
      case CharacterCodingException _ -> "it is not UTF-8";
      case FileSystemException failed when failed.getReason() != null -> failed.getReason();
      default -> {
        String message = Objects.requireNonNullElse(e.getMessage(), "the system does not say why");
        yield message.equals(DIRECTORY) ? "it is a folder" : message;
      }
    };
  }
}
