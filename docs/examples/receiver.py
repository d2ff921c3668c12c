"""Receives events on loopback: SECRET=whsec_… PORT=9000 python3 receiver.py"""

import base64, hmac, json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ.get("SECRET", "").strip().removeprefix("whsec_"), validate=True)
# An empty key would take a stranger's signature for ours.
if not 24 <= len(KEY) <= 64:
    raise SystemExit("SECRET must be whsec_ and base64 of 24 to 64 bytes")


def is_signed(headers, body):
    message_id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= 12) or abs(time.time() - int(sent_at)) > 300:
        return False
    signed = f"{message_id}.{sent_at}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(KEY, signed, "sha256")).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given)


class Hooks(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if not is_signed(self.headers, body):
            return self.answer(403, {})
        message = json.loads(body)
        if message.get("type") == "verification" and "event_id" not in message:
            return self.answer(200, {"challenge": message["challenge"]})
        print("event", message["event_id"], flush=True)
        self.answer(200, {})

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Hooks).serve_forever()
