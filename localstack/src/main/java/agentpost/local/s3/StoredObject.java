package agentpost.local.s3;

import java.time.Instant;
import java.util.Map;

/**
 * One object.
 *
 * @param etag quoted, the MD5 of the bytes
 * @param headers that it is answered with: its type, its metadata, its checksums
 */
record StoredObject(byte[] bytes, String etag, Instant modified, Map<String, String> headers) {}
