package agentpost.secrets;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.Extensions;
import agentpost.signing.SignatureScheme;

/** The registered ways to sign, by the name that the catalog has for them. */
public final class SignatureSchemes {
  public static final Extensions<SignatureScheme> ALL =
      Extensions.of(SignatureScheme.all(), SignatureScheme.class, SignatureScheme::name);

  /** Of agents that the catalog says nothing of. */
  public static final SignatureScheme DEFAULT = ALL.named(AgentSettings.DEFAULT_SIGNATURE);

  private SignatureSchemes() {}
}
