"""The disk fills up, or fails to write, while people link: nothing is confirmed that is not stored, and
the hub recovers by itself when the disk does."""

import contextlib
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from hub import Hub
from qlik_stub import Qlik, new_key

CONNECTS = 12


@contextlib.contextmanager
def injected(hub, *faults):
    """Makes calls of the running hub fail. Root only: the hub forbids others to trace it."""
    words = ["strace", "--follow-forks", "--quiet=attach,exit,thread-execve", "--output=/dev/null",
             f"--attach={hub.process.pid}", *faults]
    tracer = subprocess.Popen(words if os.getuid() == 0 else ["sudo", *words], stderr=subprocess.PIPE)
    try:
        wait_until_traced(hub.process.pid, tracer)
        yield
    finally:
        tracer.terminate()
        tracer.communicate()


def wait_until_traced(pid, tracer):
    for _ in range(500):
        tracers = [status.read_text().split("TracerPid:\t")[1].split("\n")[0]
                   for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status")]
        if tracers and "0" not in tracers:
            return
        if tracer.poll() is not None:
            break
        time.sleep(0.01)
    raise AssertionError(f"strace did not attach: {tracer.stderr.read().decode() if tracer.poll() else ''}")


class FailingDisk(unittest.TestCase):
    def run_with(self, *faults, every_write=True):
        with tempfile.TemporaryDirectory(prefix="linkhub-disk-") as folder:
            folder = pathlib.Path(folder)
            qlik = Qlik(folder)
            hub = Hub(folder, qlik).start()
            try:
                self.check(hub, faults, every_write)
            finally:
                hub.stop()
                qlik.close()

    def check(self, hub, faults, every_write):
        hub.sign_in()
        confirmed, refused = set(), {}

        def link(user):
            answer = hub.connect(new_key(user))
            if answer.confirmed:
                confirmed.add(user)
            else:
                self.assertGreaterEqual(answer.status, 500, f"{user}: {answer.code}")
                self.assertEqual("not_saved", answer.code)
                refused[user] = answer.code

        link("before")
        self.assertEqual({"before"}, confirmed)
        with injected(hub, *faults):
            for number in range(CONNECTS):
                link(f"during-{number}")
            self.assertTrue(refused, "the fault was injected and nobody noticed")
            if every_write:
                self.assertEqual({"before"}, confirmed, "confirmed although no write can succeed")
                self.assertEqual(503, hub.request("/readyz").status)
            self.assertEqual(200, hub.request("/healthz").status)
            self.assertEqual(200, hub.request("/guide").status, "a page that needs no disk")
        self.wait_until_ready(hub)
        link("after")
        self.assertIn("after", confirmed, "the hub does not recover")

        hub.kill()
        hub.start()
        self.assertEqual(set(), confirmed - hub.linked_users(), "confirmed and lost")
        self.assertEqual([], hub.broken())
        # A refused connect may have been stored all the same; trying again makes one account, not two.
        for user in refused:
            link(user)
        self.assertEqual({"before", "after"} | {f"during-{n}" for n in range(CONNECTS)}, confirmed)
        self.assertEqual(confirmed, hub.linked_users())
        self.assertEqual([], hub.broken())

    def wait_until_ready(self, hub):
        for _ in range(100):
            if hub.request("/readyz").status == 200:
                return
            time.sleep(0.1)
        self.fail("not ready 10 s after the disk works again")

    def test_every_fsync_fails(self):
        self.run_with("--inject=fsync,fdatasync:error=EIO")

    def test_every_third_fsync_fails(self):
        self.run_with("--inject=fsync,fdatasync:error=EIO:when=3+3", every_write=False)

    def test_the_disk_is_full(self):
        self.run_with("--inject=pwrite64:error=ENOSPC")

    def test_the_disk_fills_up_in_the_middle_of_a_write(self):
        self.run_with("--inject=pwrite64:error=ENOSPC:when=4+", every_write=False)


if __name__ == "__main__":
    unittest.main()
