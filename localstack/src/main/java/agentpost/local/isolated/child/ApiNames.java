package agentpost.local.isolated.child;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Names as a function's process sees them: the API's is a public address, as on AWS, whatever this machine's DNS says; all others are what they are. */
public final class ApiNames extends InetAddressResolverProvider {
  /** One of Amazon's in us-east-1; the way out of the process takes what is meant for it to the local front door. */
  private static final byte[] PUBLIC = {3, 80, 0, 1};

  private static final Pattern API = Pattern.compile("[a-z0-9]+\\.execute-api\\.us-east-1\\.amazonaws\\.com");

  @Override
  public InetAddressResolver get(Configuration configuration) {
    InetAddressResolver builtin = configuration.builtinResolver();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
        return API.matcher(host).matches() ? Stream.of(InetAddress.getByAddress(host, PUBLIC)) : builtin.lookupByName(host, policy);
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
