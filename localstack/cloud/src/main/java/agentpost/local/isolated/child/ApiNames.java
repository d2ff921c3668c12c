package agentpost.local.isolated.child;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Names as a function's process sees them: the API's is a public address, as on AWS, whatever this
 * machine's DNS says. Of the others, those that may be called are what they are, and the rest have
 * no address: nothing is looked up for them.
 */
public final class ApiNames extends InetAddressResolverProvider {
  /**
   * One of Amazon's in us-east-1; the way out of the process takes what is meant for it to the
   * local front door.
   */
  private static final byte[] PUBLIC = {3, 80, 0, 1};

  private static final Pattern API =
      Pattern.compile("[a-z0-9]+\\.execute-api\\.us-east-1\\.amazonaws\\.com");

  /** Names that may be called, separated by commas. */
  public static final String ALLOWED = "agentpost.allowed";

  private static final Pattern LOCALHOST = Pattern.compile("(.+\\.)?localhost");

  private final Set<String> allowed = Set.of(System.getProperty(ALLOWED, "").split(",", -1));

  private boolean mayBeLookedUp(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return LOCALHOST.matcher(name).matches()
        || allowed.contains(name.endsWith(".") ? name.substring(0, name.length() - 1) : name);
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    InetAddressResolver builtin = configuration.builtinResolver();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
          throws UnknownHostException {
        if (API.matcher(host).matches()) {
          return Stream.of(InetAddress.getByAddress(host, PUBLIC));
        }
        if (!mayBeLookedUp(host)) {
          // For the function's log: who calls it says only that it has no address.
          System.err.println(
              host
                  + " is not on this machine and was not looked up; ./agentpost local"
                  + " --allow-internet "
                  + host
                  + " lets it be called");
          throw new UnknownHostException(host + ": nothing leaves this machine");
        }
        return builtin.lookupByName(host, policy);
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        return builtin.lookupByAddress(address);
      }
    };
  }

  @Override
  public String name() {
    return "agentpost";
  }
}
