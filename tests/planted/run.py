"""Puts each planted bug into a copy of the tree, one at a time, and runs the tests that must kill it.

`python tests/planted/run.py [WORD ...]` tries only bugs with one of the words in their names. Ends non-zero when a bug
survives, an edit no longer applies, or a killer is red without any bug. The working tree is never touched.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.planted.bugs import BUGS, CANARY, HARMLESS  # noqa: E402 - run as a script
from tests.planted.shape import Bug  # noqa: E402

COPIES = int(os.environ.get("PLANTED_COPIES", "2"))
TREE = ("app", "migrations", "tests", "docs", "pyproject.toml", "wsgi.py")
LONGEST_SECONDS = 180
WIDTH = max(len(bug.name) for bug in (CANARY, *BUGS))
ENVIRONMENT = {"MODEL_STEPS": "1200", "MODEL_SEED": "7", "MODEL_SHRINK": "0", "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a bug: `killed`, `SURVIVED`, `DOES NOT APPLY` or `BROKEN` (no test could run)."""

    bug: Bug
    word: str
    seconds: float
    said: str = ""


def say(text: str) -> None:
    """A line for who waits."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(words: Sequence[str]) -> int:
    """Try all, print a table as they end, return the exit status."""
    chosen = [bug for bug in BUGS if not words or any(word in bug.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="batchtrack-planted-") as folder:
        copies: Queue[Path] = Queue()
        for number in range(COPIES):
            copies.put(_copy(Path(folder) / f"tree{number}"))
        with _borrowed(copies) as tree:
            clean = _pytest(tree, sorted({_path(bug) for bug in chosen}), "")
        if clean.returncode:
            say(clean.stdout[-4000:] + "\nThe killers are red without any bug.")
            return 1
        with ThreadPoolExecutor(COPIES) as pool:
            tried = pool.map(lambda bug: _try(bug, copies), (CANARY, HARMLESS, *chosen))
            wrong = sum([_tell(outcome) for outcome in tried])
    say(f"\n{len(chosen)} bugs, {wrong} wrong.")
    return 1 if wrong else 0


def _tell(outcome: Outcome) -> bool:
    """Print one row of the table; whether it is not as it must be."""
    say(f"{outcome.bug.name:<{WIDTH}}  {outcome.word:<14} {outcome.seconds:5.1f} s  {outcome.bug.killer}")
    wrong = outcome.word != ("SURVIVED" if outcome.bug is HARMLESS else "killed")
    if wrong:
        say(outcome.said[-1500:])
    return wrong


def _try(bug: Bug, copies: "Queue[Path]") -> Outcome:
    with _borrowed(copies) as tree:
        began = time.monotonic()
        originals = {file: (tree / file).read_text(encoding="utf-8") for file, _, _ in bug.edits}
        try:
            for file, old, new in bug.edits:
                text = (tree / file).read_text(encoding="utf-8")
                if text.count(old) != 1:
                    return Outcome(bug, "DOES NOT APPLY", 0, f"{file} has {text.count(old)} times {old!r}")
                (tree / file).write_text(text.replace(old, new), encoding="utf-8")
            run = _pytest(tree, [_path(bug)], bug.needs)
        finally:
            for file, text in originals.items():
                (tree / file).write_text(text, encoding="utf-8")
        return Outcome(bug, _word(run), time.monotonic() - began, run.stdout)


def _word(run: "subprocess.CompletedProcess[str]") -> str:
    """Killed only when a test ran and failed; a tree that does not import kills nothing."""
    if run.returncode == 0 and re.search(r"\d+ passed", run.stdout):
        return "SURVIVED"
    return "killed" if run.returncode == 1 and re.search(r"\d+ failed", run.stdout) else "BROKEN"


def _pytest(tree: Path, tests: Sequence[str], needs: str) -> "subprocess.CompletedProcess[str]":
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}.get(needs)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--tb=line", *tests]
    if other:
        command += ["-k", f"not {other}"]
    environment = {**os.environ, **ENVIRONMENT}
    try:
        return subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 99, "It took too long.", "")


def _path(bug: Bug) -> str:
    return f"tests/{bug.killer}" if "/" in bug.killer else f"tests/ledger/{bug.killer}"


def _copy(to: Path) -> Path:
    to.mkdir()
    for name in TREE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, to / name)
    return to


@contextmanager
def _borrowed(copies: "Queue[Path]") -> Iterator[Path]:
    tree = copies.get()
    try:
        yield tree
    finally:
        copies.put(tree)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
