"""The emulated Qlik Cloud as a process, clocks of processes that a test moves, and a back end that webhooks reach."""

import http.server
import json
import os
import pathlib
import subprocess
import threading
import time

from qlik_stub import REPOSITORY

TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "debug"
LIBRARY = "/usr/$LIB/faketime/libfaketimeMT.so.1"


class Clock:
    """What a process takes for the time of day: the real one, and an offset that this sets. The clock by
    which programs wait is left alone."""

    def __init__(self, folder, name):
        self.file = folder / f"{name}.clock"
        self.offset = 0.0
        self.lock = threading.Lock()
        self.move(0)

    def move(self, seconds):
        with self.lock:
            self.offset += seconds
            new = self.file.with_suffix(".new")
            new.write_text(f"{self.offset:+.3f}\n")
            new.rename(self.file)

    def now(self):
        """In milliseconds, as the hub stores it."""
        return int((time.time() + self.offset) * 1000)

    @property
    def environment(self):
        return {"LD_PRELOAD": LIBRARY, "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}


class Fast:
    """Lets clocks run faster than the real one, until it is left."""

    TICK = 0.05

    def __init__(self, speed, *clocks):
        self.step, self.clocks = self.TICK * (speed - 1), clocks
        self.end = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.end.wait(self.TICK):
            for clock in self.clocks:
                clock.move(self.step)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.end.set()
        self.thread.join()


class Cloud:
    """The emulator of `examples/qlik_emulator.rs`: `address` to dial, `ca_file` to trust, and commands."""

    LAST_SAMPLE = "disabled-tenant"

    def __init__(self, folder, clock):
        self.ca_file = folder / "qlik-ca.pem"
        self.lock = threading.Lock()
        self.process = subprocess.Popen(
            [TARGET / "examples" / "qlik_emulator", self.ca_file], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env={"PATH": os.environ["PATH"]} | clock.environment)
        self.address = self.read()["https"]
        while self.read().get("label") != self.LAST_SAMPLE:
            pass

    def read(self):
        return json.loads(self.process.stdout.readline())

    def do(self, command, **arguments):
        with self.lock:
            self.process.stdin.write(json.dumps({"do": command} | arguments) + "\n")
            self.process.stdin.flush()
            answer = self.read()
        if "error" in answer:
            raise AssertionError(f"{command} {arguments}: {answer['error']}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class BackEnd:
    """Takes webhooks; every now and then it has a bad moment."""

    REFUSES = 23

    def __init__(self):
        outer = self
        self.lock = threading.Lock()
        self.requests, self.bodies, self.accepted, self.twice = 0, {}, {}, []

        class Take(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(204 if outer.take(self.headers["webhook-id"], body) else 500)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                """The hub was killed while it sent."""

        self.server = Server(("127.0.0.1", 0), Take)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hooks"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, event_id, body):
        with self.lock:
            self.requests += 1
            if self.bodies.setdefault(event_id, body) != body:
                self.twice.append(event_id)
            if self.requests % self.REFUSES == 0:
                return False
            self.accepted[event_id] = self.accepted.get(event_id, 0) + 1
            return True

    def close(self):
        self.server.shutdown()
        self.server.server_close()
