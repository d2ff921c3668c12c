package agentpost.loopback;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * The names that tests know: this machine's, all of them loopback. Every other look-up fails and is
 * kept, for {@link NoLookUps} to fail a test by. Names under {@code .invalid} have no address
 * anywhere (RFC 6761, section 6.4) and are what a test uses that wants none.
 */
public final class LoopbackNames extends InetAddressResolverProvider {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final AtomicReference<AssertionError> FIRST = new AtomicReference<>();

  /** The first look-up beyond this machine since it was last asked for, with where it came from. */
  static Optional<AssertionError> take() {
    return Optional.ofNullable(FIRST.getAndSet(null));
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    String own = configuration.lookupLocalHostName();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
          throws UnknownHostException {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || name.endsWith(".localhost") || name.equalsIgnoreCase(own)) {
          return Stream.of(InetAddress.getByAddress(host, LOOPBACK));
        }
        throw refused(host, name.endsWith(".invalid"));
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        InetAddress of = InetAddress.getByAddress(address);
        if (of.isLoopbackAddress()) {
          return "localhost";
        }
        throw refused(of.getHostAddress(), false);
      }
    };
  }

  private static UnknownHostException refused(String what, boolean isNobodys) {
    if (!isNobodys) {
      FIRST.compareAndSet(
          null,
          new AssertionError(
              what
                  + " was looked up, on the thread "
                  + Thread.currentThread().getName()
                  + "; tests reach this machine only"));
    }
    return new UnknownHostException(what + ": tests look up no names beyond this machine");
  }

  @Override
  public String name() {
    return "loopback";
  }
}
