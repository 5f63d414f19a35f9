"""The hub is killed at random moments while people link; what it confirmed must be there afterwards."""

import os
import pathlib
import random
import tempfile
import time
import unittest

from hub import Clients, Hub
from qlik_stub import Qlik

KILLS = int(os.environ.get("KILLS", "100"))
CLIENTS = 4
# Long enough that some connects are through and others in every stage when the hub dies.
LONGEST_LIFE = 0.5


class Killed(unittest.TestCase):
    def test_what_was_confirmed_is_there_and_nothing_is_half_there(self):
        seed = int(os.environ.get("SEED", time.time()))
        chance = random.Random(seed)
        with tempfile.TemporaryDirectory(prefix="linkhub-kill-") as folder:
            folder = pathlib.Path(folder)
            qlik = Qlik(folder)
            hub = Hub(folder, qlik).start()
            hub.sign_in()
            confirmed, cut = set(), {}
            for number in range(KILLS):
                clients = Clients(hub, CLIENTS, f"round{number}")
                time.sleep(chance.uniform(0.0, LONGEST_LIFE))
                hub.kill()
                clients.finish()
                self.assertEqual({}, {user: answer.code for user, (_, answer) in clients.refused.items()})
                confirmed |= clients.confirmed.keys()
                cut |= clients.cut
                hub.start()
                lost = clients.confirmed.keys() - hub.linked_users()
                self.assertEqual(set(), lost, f"confirmed and lost after kill {number}, SEED={seed}")
                self.assertEqual([], hub.broken(), f"after kill {number}, SEED={seed}")

            self.assertGreater(len(confirmed), KILLS, "too few connects went through to say anything")
            self.assertGreater(len(cut), KILLS // 2, "too few connects were cut to say anything")
            self.assertEqual(set(), confirmed - hub.linked_users())
            # Whether the link of a cut connect exists or not: trying again links, and makes one account.
            for user, key in chance.sample(sorted(cut.items()), 20):
                self.assertTrue(hub.connect(key).confirmed, f"{user} cannot link after the kill")
            self.assertEqual([], hub.broken())
            hub.stop()
            qlik.close()
            print(f"{KILLS} kills, {len(confirmed)} confirmed, {len(cut)} cut, 0 lost … ", end="", flush=True)


if __name__ == "__main__":
    unittest.main()
