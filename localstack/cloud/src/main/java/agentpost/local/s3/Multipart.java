package agentpost.local.s3;

import agentpost.local.storage.Spool;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Objects that come in parts (S3 user guide, "Multipart upload"). */
final class Multipart {
  /** Of each part but the last ("Amazon S3 multipart upload limits"). */
  private static final int MIN_PART = 5 << 20;

  private static final int MAX_PARTS = 10_000;

  private final Spool spool;
  private final Map<String, Begun> uploads = new HashMap<>();

  Multipart(Spool spool) {
    this.spool = spool;
  }

  /** One that has begun: where to, with which headers, and what has come of it. */
  private record Begun(
      String bucket,
      String key,
      Map<String, String> headers,
      NavigableMap<Integer, StoredObject> parts) {}

  synchronized String begin(String bucket, String key, Map<String, String> headers) {
    String id = UUID.randomUUID().toString();
    uploads.put(id, new Begun(bucket, key, headers, new TreeMap<>()));
    return id;
  }

  private Begun find(String bucket, String key, AwsRequest request) {
    Begun upload = uploads.get(parameter(request, "uploadId"));
    if (upload == null || !upload.bucket().equals(bucket) || !upload.key().equals(key)) {
      throw new AwsException(
          404,
          "NoSuchUpload",
          "The specified multipart upload does not exist. The upload ID might be invalid, or the"
              + " multipart upload might have been aborted or completed.");
    }
    return upload;
  }

  private static String parameter(AwsRequest request, String name) {
    return request.query().getOrDefault(name, List.of("")).getFirst();
  }

  /** A part that comes again takes the place of the first. */
  synchronized void put(String bucket, String key, AwsRequest request, StoredObject part) {
    Begun upload = find(bucket, key, request);
    String number = parameter(request, "partNumber");
    if (!number.matches("[0-9]{1,5}")
        || Integer.parseInt(number) < 1
        || Integer.parseInt(number) > MAX_PARTS) {
      throw AwsException.badRequest(
          "InvalidArgument",
          "Part number must be an integer between 1 and " + MAX_PARTS + ", inclusive");
    }
    StoredObject before = upload.parts().put(Integer.parseInt(number), part);
    if (before != null) {
      before.content().release();
    }
  }

  synchronized void abort(String bucket, String key, AwsRequest request) {
    release(find(bucket, key, request));
    uploads.remove(parameter(request, "uploadId"));
  }

  private static void release(Begun upload) {
    upload.parts().values().forEach(part -> part.content().release());
  }

  synchronized StoredObject complete(String bucket, String key, AwsRequest request, Instant now) {
    Begun upload = find(bucket, key, request);
    NavigableMap<Integer, String> named = parts(request.body());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteArrayOutputStream digests = new ByteArrayOutputStream();
    named.forEach(
        (number, etag) -> {
          StoredObject part = upload.parts().get(number);
          if (part == null || !unquote(part.etag()).equals(unquote(etag))) {
            throw AwsException.badRequest(
                "InvalidPart",
                "One or more of the specified parts could not be found. The part may not have been"
                    + " uploaded, or the specified entity tag may not match the part's entity"
                    + " tag.");
          }
          if (part.content().length() < MIN_PART && !number.equals(named.lastKey())) {
            throw AwsException.badRequest(
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed object size.");
          }
          bytes.writeBytes(part.content().bytes().orElseThrow());
          digests.writeBytes(HexFormat.of().parseHex(unquote(part.etag())));
        });
    StoredObject whole =
        new StoredObject(
            spool.keep(bytes.toByteArray()),
            '"'
                + HexFormat.of().formatHex(Upload.digest("MD5", digests.toByteArray()))
                + "-"
                + named.size()
                + '"',
            now,
            upload.headers());
    release(upload);
    uploads.remove(parameter(request, "uploadId"));
    return whole;
  }

  private static String unquote(String etag) {
    return etag.replace("\"", "");
  }

  /** Entity tags by numbers. */
  private static NavigableMap<Integer, String> parts(byte[] body) {
    NavigableMap<Integer, String> parts = new TreeMap<>();
    NodeList all = parse(body).getElementsByTagNameNS("*", "Part");
    for (int at = 0; at < all.getLength(); at++) {
      Element part = (Element) all.item(at);
      String number = text(part, "PartNumber");
      if (!number.matches("[0-9]{1,5}")) {
        throw malformed();
      }
      if (!parts.isEmpty() && Integer.parseInt(number) <= parts.lastKey()) {
        throw AwsException.badRequest(
            "InvalidPartOrder",
            "The list of parts was not in ascending order. The parts list must be specified in"
                + " order by part number.");
      }
      parts.put(Integer.parseInt(number), text(part, "ETag"));
    }
    if (parts.isEmpty()) {
      throw malformed();
    }
    return parts;
  }

  private static String text(Element part, String name) {
    NodeList found = part.getElementsByTagNameNS("*", name);
    if (found.getLength() != 1) {
      throw malformed();
    }
    return found.item(0).getTextContent().strip();
  }

  private static Document parse(byte[] body) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setNamespaceAware(true);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var builder = factory.newDocumentBuilder();
      // What is malformed is the client's to be told of, and nobody's to print.
      builder.setErrorHandler(null);
      return builder.parse(new ByteArrayInputStream(body));
    } catch (SAXException e) {
      throw malformed();
    } catch (IOException | ParserConfigurationException e) {
      throw new IllegalStateException("Every Java platform reads XML from memory", e);
    }
  }

  private static AwsException malformed() {
    return AwsException.badRequest(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published"
            + " schema");
  }
}
