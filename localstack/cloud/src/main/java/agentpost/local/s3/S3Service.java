package agentpost.local.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.storage.Spool;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import agentpost.local.wire.Xml;
import java.net.URLDecoder;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * S3 with the bucket in the path or in the host's name. Objects are kept on disk, their newest
 * version only; buckets come from the template. What is not here is refused by its name.
 */
public final class S3Service implements AwsService, AutoCloseable {
  static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
  private static final String ACCOUNT = "000000000000";
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final Pattern BUCKET_IN_HOST =
      Pattern.compile(
          "(?!s3\\.)([a-z0-9][a-z0-9.-]*?[a-z0-9])\\.(?:s3[.-].*|s3|localhost)(?::\\d+)?");

  /** Of one request or of a listing, and no part of a bucket or an object. */
  private static final List<String> PARAMETERS =
      List.of(
          "x-id",
          "list-type",
          "prefix",
          "delimiter",
          "max-keys",
          "continuation-token",
          "start-after",
          "encoding-type",
          "fetch-owner");

  /** They would change what is answered or kept. */
  private static final List<String> UNSUPPORTED_HEADERS =
      List.of(
          "range",
          "if-match",
          "if-none-match",
          "if-modified-since",
          "if-unmodified-since",
          "content-language",
          "expires");

  /**
   * Of S3's own headers, those that are read here; any other is a member of a request that nothing
   * would act on.
   */
  private static final Pattern SUPPORTED =
      Pattern.compile(
          "x-amz-(?:content-sha256|te|date|security-token|user-agent|"
              + "decoded-content-length|trailer|server-side-encryption|"
              + "expected-bucket-owner|checksum-.+|sdk-checksum-algorithm|meta-.+)");

  private final Map<String, NavigableMap<String, StoredObject>> buckets =
      new ConcurrentSkipListMap<>();
  private final Map<String, Instant> created = new ConcurrentSkipListMap<>();
  private final Spool spool = new Spool();
  private final Multipart multipart = new Multipart(spool);
  private final InstantSource clock;

  /**
   * @param clock of dates, the wall's
   */
  public S3Service(InstantSource clock) {
    this.clock = clock;
  }

  /** An empty bucket. */
  public void make(String name) {
    // S3 lists keys in the order of their UTF-8 bytes.
    Comparator<String> order =
        (a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8));
    if (buckets.putIfAbsent(name, new ConcurrentSkipListMap<>(order)) != null) {
      throw new AwsException(
          409,
          "BucketAlreadyOwnedByYou",
          "Your previous request to create the named bucket succeeded and you already own it.");
    }
    created.put(name, clock.instant());
  }

  /**
   * @throws AwsException if there is anything in it
   */
  public void remove(String name) {
    NavigableMap<String, StoredObject> objects = objects(new Address(name, ""));
    if (!objects.isEmpty()) {
      throw new AwsException(409, "BucketNotEmpty", "The bucket you tried to delete is not empty");
    }
    buckets.remove(name);
    created.remove(name);
  }

  /**
   * @param key empty for the bucket itself; both empty for the account
   */
  private record Address(String bucket, String key) {
    static Address of(AwsRequest request) {
      // In a path a plus is a plus.
      String path =
          URLDecoder.decode(request.path().replace("+", "%2B"), UTF_8).replaceFirst("^/", "");
      Matcher host = BUCKET_IN_HOST.matcher(request.header("host").orElse(""));
      if (host.matches()) {
        return new Address(host.group(1), path);
      }
      int slash = path.indexOf('/');
      return slash < 0
          ? new Address(path, "")
          : new Address(path.substring(0, slash), path.substring(slash + 1));
    }
  }

  /** Which operation a request asks for, and of what. */
  public record ObjectRequest(String operation, String bucket, String key) {}

  public static ObjectRequest parseRequest(AwsRequest request) {
    Address address = Address.of(request);
    return new ObjectRequest(operation(request, address), address.bucket(), address.key());
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    try {
      return answer(request, Address.of(request));
    } catch (AwsException e) {
      return errorResponse(request, e);
    }
  }

  /** As S3 says it. */
  private static AwsResponse errorResponse(AwsRequest request, AwsException e) {
    Address address = Address.of(request);
    String resource = "/" + address.bucket() + (address.key().isEmpty() ? "" : "/" + address.key());
    byte[] body =
        Xml.document(
            "Error",
            "",
            xml ->
                xml.text("Code", e.code())
                    .text("Message", e.description())
                    .text("Resource", resource)
                    .text("RequestId", "0"));
    return new AwsResponse(e.status(), Map.of("Content-Type", "application/xml"), body);
  }

  private AwsResponse answer(AwsRequest request, Address address) {
    String operation = operation(request, address);
    for (String header : new TreeSet<>(request.headers().keySet())) {
      if (UNSUPPORTED_HEADERS.contains(header)
          || (header.startsWith("x-amz-") && !SUPPORTED.matcher(header).matches())) {
        throw unsupportedRequest(operation + " with " + header);
      }
    }
    if (!request.header("content-encoding").orElse("aws-chunked").equals("aws-chunked")) {
      throw unsupportedRequest(operation + " with content-encoding");
    }
    if (!request.header("x-amz-server-side-encryption").orElse("AES256").equals("AES256")) {
      throw unsupportedRequest(operation + " with encryption other than AES256");
    }
    if (!request.header("x-amz-expected-bucket-owner").orElse(ACCOUNT).equals(ACCOUNT)) {
      throw new AwsException(403, "AccessDenied", "Access Denied");
    }
    return switch (operation) {
      case "ListBuckets" -> xml(list());
      case "GetBucketLocation" -> {
        objects(address);
        // Of us-east-1 it is empty (API reference).
        yield xml(Xml.document("LocationConstraint", NAMESPACE, _ -> {}));
      }
      case "GetBucketEncryption" -> {
        objects(address);
        yield xml(encryption());
      }
      case "DeleteBucket" -> {
        remove(address.bucket());
        yield new AwsResponse(204, Map.of(), new byte[0]);
      }
      case "HeadBucket" -> {
        objects(address);
        yield new AwsResponse(200, Map.of("x-amz-bucket-region", "us-east-1"), new byte[0]);
      }
      case "ListObjectsV2" -> xml(new Listing(request).of(address.bucket(), objects(address)));
      case "PutObject" -> {
        NavigableMap<String, StoredObject> objects = objects(address);
        StoredObject object = Upload.of(request, clock.instant(), spool);
        forget(objects.put(address.key(), object));
        yield new AwsResponse(
            200,
            Map.of("ETag", object.etag(), "x-amz-server-side-encryption", "AES256"),
            new byte[0]);
      }
      case "CreateMultipartUpload" -> {
        objects(address);
        String id = multipart.begin(address.bucket(), address.key(), Upload.keepHeaders(request));
        yield xml(
            Xml.document(
                "InitiateMultipartUploadResult",
                NAMESPACE,
                xml ->
                    xml.text("Bucket", address.bucket())
                        .text("Key", address.key())
                        .text("UploadId", id)));
      }
      case "UploadPart" -> {
        StoredObject part = Upload.of(request, clock.instant(), spool);
        multipart.put(address.bucket(), address.key(), request, part);
        yield new AwsResponse(200, Map.of("ETag", part.etag()), new byte[0]);
      }
      case "CompleteMultipartUpload" -> {
        NavigableMap<String, StoredObject> objects = objects(address);
        StoredObject object =
            multipart.complete(address.bucket(), address.key(), request, clock.instant());
        forget(objects.put(address.key(), object));
        yield xml(
            Xml.document(
                "CompleteMultipartUploadResult",
                NAMESPACE,
                xml ->
                    xml.text("Bucket", address.bucket())
                        .text("Key", address.key())
                        .text("ETag", object.etag())));
      }
      case "AbortMultipartUpload" -> {
        multipart.abort(address.bucket(), address.key(), request);
        yield new AwsResponse(204, Map.of(), new byte[0]);
      }
      case "GetObject", "HeadObject" -> object(address);
      case "DeleteObject" -> {
        forget(objects(address).remove(address.key()));
        yield new AwsResponse(204, Map.of(), new byte[0]);
      }
      default -> throw unsupportedRequest(operation);
    };
  }

  /** By its method and the first of its parameters. */
  private static final Map<String, String> OF_PARTS =
      Map.of(
          "POST uploads", "CreateMultipartUpload",
          "PUT partNumber", "UploadPart",
          "POST uploadId", "CompleteMultipartUpload",
          "DELETE uploadId", "AbortMultipartUpload");

  /** As S3 calls it; what is not known is made up from its parts, such as {@code GetBucketAcl}. */
  private static String operation(AwsRequest request, Address address) {
    String of =
        request.query().keySet().stream()
            .filter(name -> !PARAMETERS.contains(name) && !name.startsWith("X-Amz-"))
            .sorted()
            .findFirst()
            .orElse("");
    String verb =
        request.method().charAt(0) + request.method().substring(1).toLowerCase(Locale.ROOT);
    if (address.bucket().isEmpty()) {
      return request.method().equals("GET") && of.isEmpty() ? "ListBuckets" : verb + of;
    }
    String ofParts = OF_PARTS.get(request.method() + " " + of);
    if (ofParts != null && !address.key().isEmpty()) {
      return ofParts;
    }
    if (!of.isEmpty()) {
      return verb
          + (address.key().isEmpty() ? "Bucket" : "Object")
          + Character.toUpperCase(of.charAt(0))
          + of.substring(1);
    }
    if (!address.key().isEmpty()) {
      return verb + "Object";
    }
    return switch (request.method()) {
      case "GET" ->
          request.query().getOrDefault("list-type", List.of("")).contains("2")
              ? "ListObjectsV2"
              : "ListObjects";
      case "PUT" -> "CreateBucket";
      default -> verb + "Bucket";
    };
  }

  private NavigableMap<String, StoredObject> objects(Address address) {
    NavigableMap<String, StoredObject> objects = buckets.get(address.bucket());
    if (objects == null) {
      throw new AwsException(404, "NoSuchBucket", "The specified bucket does not exist");
    }
    return objects;
  }

  /** What an object has, while it is there. */
  public Optional<byte[]> read(String bucket, String key) {
    return Optional.ofNullable(objects(new Address(bucket, "")).get(key))
        .flatMap(object -> object.content().bytes());
  }

  private static void forget(@Nullable StoredObject object) {
    if (object != null) {
      object.content().release();
    }
  }

  private AwsResponse object(Address address) {
    StoredObject object = objects(address).get(address.key());
    if (object == null) {
      throw new AwsException(404, "NoSuchKey", "The specified key does not exist.");
    }
    Optional<byte[]> content = object.content().bytes();
    if (content.isEmpty()) {
      // Replaced or deleted since it was found.
      return object(address);
    }
    Map<String, String> headers = new LinkedHashMap<>(object.headers());
    headers.put("ETag", object.etag());
    headers.put("Last-Modified", HTTP_DATE.format(object.modified()));
    headers.put("x-amz-server-side-encryption", "AES256");
    return new AwsResponse(200, headers, content.get());
  }

  /** Of every bucket, and the only one that a request may ask for. */
  private static byte[] encryption() {
    return Xml.document(
        "ServerSideEncryptionConfiguration",
        NAMESPACE,
        xml ->
            xml.element(
                "Rule",
                rule ->
                    rule.element(
                        "ApplyServerSideEncryptionByDefault",
                        one -> one.text("SSEAlgorithm", "AES256"))));
  }

  private byte[] list() {
    return Xml.document(
        "ListAllMyBucketsResult",
        NAMESPACE,
        xml -> {
          xml.element("Owner", owner -> owner.text("ID", ACCOUNT));
          xml.element(
              "Buckets",
              all ->
                  created.forEach(
                      (name, at) ->
                          all.element(
                              "Bucket",
                              one -> one.text("Name", name).text("CreationDate", at.toString()))));
        });
  }

  private static AwsResponse xml(byte[] document) {
    return new AwsResponse(200, Map.of("Content-Type", "application/xml"), document);
  }

  @Override
  public void close() {
    spool.close();
  }

  static AwsException unsupportedRequest(String what) {
    return new AwsException(501, "NotImplemented", "The local cloud does not support S3 " + what);
  }
}
