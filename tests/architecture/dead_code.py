"""Finds functions, methods and classes that nothing uses: neither Python nor a template. `python -m` prints them."""

import re
import sys
import tomllib

from vulture import Vulture

from tests.architecture.rules import ROOT, templates

KINDS = {"class", "function", "method", "property"}  # columns and fields are read by databases and JSON


def unused() -> list[str]:
    """Where each of them stands."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["vulture"]
    vulture = Vulture(ignore_names=said["ignore_names"], ignore_decorators=said["ignore_decorators"])
    vulture.scavenge([str(ROOT / path) for path in said["paths"]])
    vulture.used_names |= {word for file in templates() for word in re.findall(r"\w+", file.read_text("utf-8"))}
    return [item.get_report() for item in vulture.get_unused_code() if item.typ in KINDS]


if __name__ == "__main__":
    found = unused()
    print("\n".join(found) or "No dead code.")  # noqa: T201
    sys.exit(bool(found))
