#!/usr/bin/env bash
# Asks a processor for work: SECRET=whsec_… API_URL=https://… bash initiator.sh
set -eu
body='{"data_to_process":{"lead_id":"lead-77","time_zone":"Europe/Berlin"},"callback_url":"https://hooks.example.com/done","correlation_id":"op-4711"}'
sign='
import base64, hmac, os, sys
secret = os.environ.get("SECRET", "").strip()
if not 24 <= len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64:
    sys.exit("SECRET must be whsec_ and base64 of 24 to 64 bytes")
print(hmac.digest(secret.encode(), sys.stdin.buffer.read(), "sha256").hex())'
signature=$(printf '%s' "$body" | python3 -c "$sign") &&
  curl -sS -X POST "$API_URL/process-data" -H 'Content-Type: application/json' -H "X-Webhook-Signature: sha256=$signature" --data-binary "$body"
