#!/usr/bin/env bash
# Reports that work is done: SECRET=whsec_… CORRELATION_ID=op-4711 CALLBACK_URL=https://… bash processor.sh
set -eu
body="{\"correlation_id\":\"$CORRELATION_ID\",\"status\":\"completed\",\"result\":{\"starts_at\":\"2026-04-01T13:00:00Z\"}}"
timestamp=$(date +%s)
sign='
import base64, hmac, os, sys
key = base64.b64decode(os.environ.get("SECRET", "").strip().removeprefix("whsec_"), validate=True)
if not 24 <= len(key) <= 64:
    sys.exit("SECRET must be whsec_ and base64 of 24 to 64 bytes")
print(base64.b64encode(hmac.digest(key, sys.stdin.buffer.read(), "sha256")).decode())'
signature=$(printf '%s.%s.%s' "$CORRELATION_ID" "$timestamp" "$body" | python3 -c "$sign") &&
  curl -sS -X POST "$CALLBACK_URL" -H 'Content-Type: application/json' -H "webhook-id: $CORRELATION_ID" \
    -H "webhook-timestamp: $timestamp" -H "webhook-signature: v1,$signature" --data-binary "$body"
