"""Runs the tests of faults, two files at a time because they mostly wait; the first that fails stops the rest."""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

FOLDER = pathlib.Path(__file__).parent
AT_ONCE = int(os.environ.get("AT_ONCE", "2"))
# The longest first, so that it is not waited for alone.
LONGEST_FIRST = ("alive_test.py", "kill_test.py")


def run(file):
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "unittest", "--verbose", "--failfast", file.name], cwd=FOLDER,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(f"\n{file.name}, {time.monotonic() - started:.0f} s\n{done.stdout}", flush=True)
    return done.returncode == 0


def main():
    files = sorted(FOLDER.glob("*_test.py"), key=lambda file: (file.name not in LONGEST_FIRST, file.name))
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(run, file) for file in files]
        for one in concurrent.futures.as_completed(running):
            if not one.result():
                pool.shutdown(cancel_futures=True)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
