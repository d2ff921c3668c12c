"""An initiator and a processor on loopback: SECRET=whsec_… PORT=9000 python3 peer.py"""

import base64, hmac, json, os, threading, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

secret = os.environ.get("SECRET", "").strip()
# An empty secret, or one that is no base64, would take a stranger's signature for the other side's.
if not 24 <= len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64:
    raise SystemExit("SECRET must be whsec_ and base64 of 24 to 64 bytes")


def sign(body: bytes) -> str:
    return hmac.digest(secret.encode(), body, "sha256").hex()


def verify(body: bytes, header: str) -> bool:
    return hmac.compare_digest(sign(body).encode(), header.removeprefix("sha256=").lower().encode())


def post(url: str, message: dict) -> int:
    body = json.dumps(message).encode()
    headers = {"Content-Type": "application/json", "X-Webhook-Signature": "sha256=" + sign(body)}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as response:
        return response.status


def work(request: dict) -> None:
    result = {"echo": request["data_to_process"]}
    post(request["callback_url"], {"correlation_id": request["correlation_id"], "status": "completed", "result": result})


class Peer(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not verify(body, self.headers.get("X-Webhook-Signature", "")):
            return self.answer(403, {"title": "wrong signature"})
        message = json.loads(body)
        if self.path == "/process-data":
            self.answer(202, {"correlation_id": message["correlation_id"], "status": "accepted"})
            threading.Thread(target=work, args=(message,)).start()
        else:
            print(message["correlation_id"], message["status"], flush=True)
            self.answer(200, {"status": "recorded"})

    def answer(self, status: int, message: dict) -> None:
        body = json.dumps(message).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "0"))), Peer)
    print(server.server_port, flush=True)
    server.serve_forever()
