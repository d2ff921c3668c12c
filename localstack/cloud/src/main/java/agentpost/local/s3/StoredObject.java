package agentpost.local.s3;

import agentpost.local.storage.Spool;
import java.time.Instant;
import java.util.Map;

/**
 * One object.
 *
 * @param content on disk; gone when the object was replaced or deleted
 * @param etag quoted, the MD5 of the bytes
 * @param headers that it is answered with: its type, its metadata, its checksums
 */
record StoredObject(
    Spool.Kept content, String etag, Instant modified, Map<String, String> headers) {}
