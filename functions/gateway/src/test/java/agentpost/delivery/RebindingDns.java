package agentpost.delivery;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A DNS server (RFC 1035) on UDP whose answers change from one question to the next, none to be
 * kept; and a resolver that asks it.
 */
final class RebindingDns implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 512;
  private static final int HEADER = 12;
  private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  private final Queue<List<String>> answers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger questions = new AtomicInteger();
  private volatile List<String> last = List.of();

  RebindingDns() throws IOException {
    Thread.ofVirtual().name("dns").start(this::serve);
  }

  /** To the next question; the last one's answer goes on. */
  RebindingDns then(String... addresses) {
    answers.add(List.of(addresses));
    return this;
  }

  int questions() {
    return questions.get();
  }

  /** What a stub resolver does that keeps nothing. */
  List<InetAddress> resolve(String host) throws UnknownHostException {
    ByteArrayOutputStream query = new ByteArrayOutputStream();
    query.writeBytes(
        ByteBuffer.allocate(HEADER)
            .putShort((short) 7)
            .putShort((short) 0x0100)
            .putShort((short) 1)
            .array());
    for (String label : List.of(host.split("\\.", -1))) {
      query.write(label.length());
      query.writeBytes(label.getBytes(US_ASCII));
    }
    query.writeBytes(new byte[] {0, 0, 1, 0, 1});
    try (DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      client.setSoTimeout(60_000);
      client.send(
          new DatagramPacket(query.toByteArray(), query.size(), socket.getLocalSocketAddress()));
      DatagramPacket packet = new DatagramPacket(new byte[MAX_MESSAGE_BYTES], MAX_MESSAGE_BYTES);
      client.receive(packet);
      ByteBuffer answer = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
      List<InetAddress> found = new ArrayList<>();
      for (int at = query.size() + HEADER; at < packet.getLength(); at += HEADER + 4) {
        byte[] address = new byte[4];
        answer.get(at, address);
        found.add(InetAddress.getByAddress(address));
      }
      return found;
    } catch (IOException e) {
      throw new UnknownHostException(host + ": " + e);
    }
  }

  private void serve() {
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(new byte[MAX_MESSAGE_BYTES], MAX_MESSAGE_BYTES);
      try {
        socket.receive(packet);
        byte[] answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new IllegalStateException("The DNS server failed", e);
        }
      }
    }
  }

  private byte[] answer(ByteBuffer query) throws IOException {
    questions.incrementAndGet();
    List<String> next = answers.poll();
    last = next == null ? last : next;
    int end = HEADER;
    while (query.get(end) != 0) {
      end += query.get(end) + 1;
    }
    end += 5;
    byte[] question = new byte[end - HEADER];
    query.get(HEADER, question);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        ByteBuffer.allocate(HEADER)
            .putShort(query.getShort(0))
            .putShort((short) 0x8580)
            .putShort((short) 1)
            .putShort((short) last.size())
            .putInt(0)
            .array());
    out.writeBytes(question);
    for (String address : last) {
      // A pointer to the question's name, type A, class IN, a time to live of nothing.
      out.writeBytes(
          ByteBuffer.allocate(HEADER)
              .putShort((short) 0xc00c)
              .putShort((short) 1)
              .putShort((short) 1)
              .putInt(0)
              .putShort((short) 4)
              .array());
      out.writeBytes(InetAddress.ofLiteral(address).getAddress());
    }
    return out.toByteArray();
  }

  @Override
  public void close() {
    socket.close();
  }
}
