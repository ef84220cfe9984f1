"""The service that the example signs in to: a password in, a token out, a report for the token.

    python3 service.py [PORT]        # the password it accepts is read from standard input, one line

Prints the port that it listens on (any free one without PORT) and serves until it is stopped.
"""

import hmac
import json
import secrets
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LARGEST_BODY = 65536


class Service(BaseHTTPRequestHandler):
    password = ""
    tokens = set()

    def do_POST(self):
        if self.path != "/login":
            return self.answer(404, {"error": "no such path"})
        length = int(self.headers.get("Content-Length", "0"))
        if length > LARGEST_BODY:
            return self.answer(413, {"error": "too large"})
        sent = json.loads(self.rfile.read(length))
        known = sent.get("username") == "reporter"
        right = hmac.compare_digest(str(sent.get("password", "")).encode(), self.password.encode())
        if not (known and right):
            return self.answer(401, {"error": "wrong username or password"})
        token = secrets.token_hex(16)
        self.tokens.add(token)
        return self.answer(200, {"token": token})

    def do_GET(self):
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.path != "/report" or token not in self.tokens:
            return self.answer(401, {"error": "sign in first"})
        return self.answer(200, {"figure": 42})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Quiet: the example's output is the algorithm's."""


if __name__ == "__main__":
    Service.password = sys.stdin.readline().rstrip("\n")
    if not Service.password:
        sys.exit("Give the password that the service accepts on standard input.")
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Service)
    print(server.server_port, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
