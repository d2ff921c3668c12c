import base64, hmac, json, re, sys, time
from datetime import datetime

def key(secret):
    """An empty key, or one that is no base64, would take a stranger's signature for ours."""
    text = secret.removeprefix("whsec_")
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError:
        decoded = b""
    if base64.b64encode(decoded).decode() != text or not 24 <= len(decoded) <= 64:
        raise ValueError("a secret is whsec_ and base64 of 24 to 64 bytes")
    return decoded

def seconds(body):
    """The event's own time in seconds, or None. RFC 3339 allows small letters and a leap second."""
    try:
        event = json.loads(body)
        day, minute, second, zone = re.fullmatch(
            r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):([0-5]\d|60)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)", event["timestamp"], re.ASCII).groups()
        zone = zone.upper().replace("Z", "+00:00")
        return datetime.fromisoformat(f"{day}T{minute}:00{zone}").timestamp() + int(second)
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return None

def refused(texts, headers, body, now):
    """Why a request is refused, or None. Header names in lower case; the body's bytes as they came; the live secrets' texts, whsec_…"""
    secrets = [text.strip() for text in texts]
    keys = [key(secret) for secret in secrets]
    if not keys:
        raise ValueError("there is no secret")
    good = False
    if any(name.startswith("webhook-") for name in headers):
        id, sent = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not id or not sent:
            return "bad signature"
        if not (sent.isascii() and sent.isdigit() and len(sent) <= 12):
            return "malformed"
        if abs(now - int(sent)) > 300:
            return "stale"
        signed = f"{id}.{sent}.".encode() + body
        for each in keys:
            expected = b"v1," + base64.b64encode(hmac.digest(each, signed, "sha256"))
            for given in headers.get("webhook-signature", "").split(" ")[:32]:
                good |= hmac.compare_digest(expected, given.encode())
        return None if good else "bad signature"
    given = headers.get("x-webhook-signature", "").removeprefix("sha256=").lower().encode()
    for secret in secrets:
        good |= hmac.compare_digest(hmac.digest(secret.encode(), body, "sha256").hex().encode(), given)
    if not good:
        return "bad signature"
    # This header signs no time, so the event's own counts: EventBridge tries for 24 hours.
    sent = seconds(body)
    if sent is None:
        return "malformed"
    return None if -300 <= now - sent < 25 * 3600 else "stale"

if __name__ == "__main__":
    head, _, body = sys.stdin.buffer.read().partition(b"\r\n\r\n")
    lines = (line.partition(": ") for line in head.decode("latin-1").split("\r\n"))
    headers = {name.lower(): value for name, _, value in lines}
    why = refused(sys.argv[1:], headers, body, int(time.time()))
    print(why or "accepted")
