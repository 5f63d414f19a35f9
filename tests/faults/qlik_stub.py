"""The least of Qlik Cloud that lets a hub link: any key whose tenant and user it can read is good.

It is one more reading of Qlik's documents, apart from the emulator, and knows as many users as a test can
name: each new user makes an account of its own.
"""

import base64
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import threading
import uuid

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TENANT_NAME = "my-company"
REGION = "us"
HOST = f"{TENANT_NAME}.{REGION}.qlikcloud.com"
TENANT_ID = "tenant-of-my-company"
REFUSED_USER = "nobody"


def new_key(user_id):
    """A key of the form that Qlik's keys have; `nobody`'s is refused."""
    claims = {"subType": "user", "tenantId": TENANT_ID, "jti": str(uuid.uuid4()), "aud": "qlik.api",
              "iss": "qlik.api/api-keys", "sub": user_id}
    head = {"alg": "ES384", "kid": str(uuid.uuid4()), "typ": "JWT"}
    parts = [json.dumps(head).encode(), json.dumps(claims).encode(), os.urandom(96)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def claims_of(key):
    payload = key.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        key = self.headers.get("authorization", "").removeprefix("Bearer ")
        if self.headers.get("host") != HOST:
            return self.answer(401, {"errors": [{"code": "LOGIN-2", "status": "401",
                                                 "title": "No authentication configured for this hostname"}]})
        try:
            claims = claims_of(key)
        except (IndexError, ValueError):
            claims = {"sub": REFUSED_USER}
        if claims["sub"] == REFUSED_USER:
            return self.answer(401, {"errors": [{"code": "HTTP-401", "status": "401", "title": "Unauthorized"}]})
        user = {"id": claims["sub"], "tenantId": TENANT_ID, "name": f"User {claims['sub']}", "status": "active",
                "subject": claims["sub"], "email": f"{claims['sub']}@example.com", "assignedRoles": []}
        tenant = {"id": TENANT_ID, "name": "My Company", "hostnames": [HOST], "status": "active", "region": REGION}
        record = {"id": claims["jti"], "sub": claims["sub"], "tenantId": TENANT_ID, "subType": "user",
                  "status": "active", "created": "2026-01-01T00:00:00Z", "expiry": "2126-01-01T00:00:00Z"}
        known = {"/api/v1/users/me": user, "/api/v1/tenants/me": tenant, f"/api/v1/api-keys/{claims['jti']}": record}
        if self.path in known:
            return self.answer(200, known[self.path])
        return self.answer(404, {"errors": [{"code": "HTTP-404", "status": "404", "title": "Not found"}]})

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Stub(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A hub that was killed in the middle of a call is what the tests are about."""


class Qlik:
    """A running stub: `address` to dial and `ca_file` to trust."""

    def __init__(self, folder):
        subprocess.run([REPOSITORY / "scripts/certificate.sh", folder, HOST], check=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
        self.ca_file = folder / "ca.pem"
        self.server = Stub(("127.0.0.1", 0), Answers)
        # The handshake is left to the connection's own thread, so that a dead client holds up nobody.
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
