package agentpost.cli.cloud;

import agentpost.catalog.AgentName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An agent's name on the command line. */
public final class AgentNameConverter implements ITypeConverter<AgentName> {
  @Override
  public AgentName convert(String value) {
    if (!AgentName.isValid(value)) {
      throw new TypeConversionException(
          "it must be like crm-sync: lower-case letters, digits and single hyphens");
    }
    return new AgentName(value);
  }
}
