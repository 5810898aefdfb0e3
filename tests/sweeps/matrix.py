"""The permission matrix: who may open which door, from the sign on it and the role templates.

`python -m tests.sweeps.matrix` writes it to docs/permissions.csv.
"""

import csv
import io
import tempfile
from pathlib import Path

from flask import Flask

from app.identity.services import roles
from app.identity.services.roles import Role
from tests.databases import ROOT, application
from tests.sweeps.doors import Door, doors

FILE = ROOT / "docs/permissions.csv"
NOBODY = "anonymous"
WHO = (NOBODY, *(str(role) for role in Role))


def may(door: Door, who: str) -> bool:
    """Whether the door opens. One without a sign asks for a token, or for nothing where it is public."""
    if door.is_public:
        return True
    if who == NOBODY:
        return False
    return door.permission is None or door.permission in roles.permissions_of(who)


def as_csv(app: Flask) -> str:
    """One line for each door: method, path, permission, and `yes` under whom it opens for."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["method", "path", "permission", *WHO])
    for door in doors(app):
        sign = str(door.permission) if door.permission else ("public" if door.is_public else "any token")
        writer.writerow([door.method, door.path, sign, *("yes" if may(door, who) else "" for who in WHO)])
    return text.getvalue()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        FILE.write_text(as_csv(application(f"sqlite:///{folder}/none.db", Path(folder))), encoding="utf-8")
