package agentpost.catalog;

import java.util.Locale;

/** How the catalog has an agent's deliveries signed. */
public enum KeyType {
  /** HMAC-SHA256 by a secret that the receiver holds too. */
  HMAC,
  /** Ed25519: the receiver holds the public key only. */
  ED25519;

  /** As the catalog, tags and directory entries write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** By its label; HMAC for whatever else, since what says nothing is older than the choice. */
  public static KeyType of(String label) {
    return label.equals(ED25519.label()) ? ED25519 : HMAC;
  }
}
