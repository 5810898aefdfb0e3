"""Asks the advisory services whether anything we stand on is known to be unsafe: pip-audit, then npm audit.

A finding fails. Where a service cannot be asked, the run says so, names what was not looked up, and goes on.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import Any

FOUND, UNASKED = 1, 75
SOCKET_SECONDS, LONGEST_SECONDS = 15, 60


class NotAsked(Exception):
    """The service could not be reached, or gave no answer that can be read."""


def answer(command: list[str]) -> Any:
    """What the program prints, as JSON.

    raises: NotAsked
    """
    if shutil.which(command[0]) is None:
        raise NotAsked(f"{command[0]} is not here")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NotAsked(f"no answer within {LONGEST_SECONDS} s") from None
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise NotAsked((done.stderr.strip() or "no answer").splitlines()[-1][:200]) from None


def python_packages() -> tuple[list[str], int, int]:
    """Findings among what is installed; how many packages were looked up, of how many."""
    said = answer(["pip-audit", "--local", "--progress-spinner", "off", "--timeout", str(SOCKET_SECONDS), "-f", "json"])
    packages = said["dependencies"]
    known = [each for each in packages if "skip_reason" not in each]
    findings = [
        f"{each['name']} {each['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'none'}"
        for each in known
        for flaw in each["vulns"]
    ]
    return findings, len(known), len(packages)


def npm_packages() -> tuple[list[str], int, int]:
    """The same for npm's."""
    said = answer(["npm", "audit", "--json", f"--fetch-timeout={SOCKET_SECONDS * 1000}", "--fetch-retries=0"])
    if "vulnerabilities" not in said:
        raise NotAsked(f"the service answered {said.get('statusCode', 'nothing')}")
    total = said["metadata"]["dependencies"]["total"]
    return [f"{name}: {each['severity']}" for name, each in said["vulnerabilities"].items()], total, total


def look(name: str, ask: Callable[[], tuple[list[str], int, int]]) -> int:
    """Ask one service and say what it knows; the exit status."""
    try:
        findings, known, total = ask()
    except NotAsked as why:
        say(f"{name}: NOT CHECKED: {why}")
        return UNASKED
    for finding in findings:
        say(f"{name}: {finding}")
    say(f"{name}: {known} of {total} packages looked up, {len(findings)} advisories")
    if known < total:
        say(f"{name}: NOT CHECKED: the service knows nothing of {total - known} packages")
    return FOUND if findings else UNASKED if known < total else 0


def say(line: str) -> None:
    """Print it at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Ask both. 1: something was found; 75: nothing was, but not all could be asked; 0: nothing is known."""
    given = {look("pip-audit", python_packages), look("npm audit", npm_packages)}
    return FOUND if FOUND in given else max(given)


if __name__ == "__main__":
    sys.exit(main())
