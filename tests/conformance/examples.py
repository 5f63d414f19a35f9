"""The examples of a document, as programs."""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SECONDS = 60
# How its files end, and what runs them.
LANGUAGES = {"sh": ("sh", ["sh", "-eu"]), "ts": ("mjs", ["node"]), "python": ("py", [sys.executable])}


def examples(document):
    """The examples of each language by name, in the order of the document."""
    found = {language: {} for language in LANGUAGES}
    for language, name, text in re.findall(r"^```(\w+) *(\S*)\n(.*?)^```$", document, re.M | re.S):
        if language in LANGUAGES:
            assert name, f"an example in {language} has no name, and so is not run:\n{text}"
            assert name not in found[language], f"two examples in {language} are named {name}"
            found[language][name] = text
    return found


def write_down(folder, language, texts):
    """Makes a program of each example."""
    folder = folder / language
    folder.mkdir(parents=True, exist_ok=True)
    ending = "ts" if language == "ts" else LANGUAGES[language][0]
    sources = []
    for name, text in texts.items():
        sources.append(folder / f"{name}.{ending}")
        sources[-1].write_text(text if name == "prelude" else texts.get("prelude", "") + "\n" + text)
    if language == "ts":
        strip = ["node", HERE / "typescript_example.mjs", *sources]
        done = subprocess.run(strip, capture_output=True, text=True, timeout=SECONDS)
        assert done.returncode == 0, f"its types are wrong:\n{done.stdout}{done.stderr}"


def command(folder, language, name):
    """What runs an example that is written down."""
    ending, program = LANGUAGES[language]
    return [*program, folder / language / f"{name}.{ending}"]
