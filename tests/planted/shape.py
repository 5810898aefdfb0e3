"""What a planted bug is, and the files that bugs are put in."""

from dataclasses import dataclass

FIFO = "app/inventory/services/fifo.py"
EXPIRATION = "app/inventory/services/expiration.py"
ADJUSTMENT = "app/inventory/services/adjustment/"
PROOF = "app/inventory/services/proof/"
COMMANDS = "app/platform/commands.py"
SQLITE = "migrations/sql/ledger_guards.sqlite.sql"
POSTGRESQL = "migrations/sql/ledger_guards.postgresql.sql"


@dataclass(frozen=True, slots=True)
class Bug:
    """`edits` are (file, text that is there exactly once, text instead); `killer` is a test, as pytest names it.

    killer:  below tests/ledger; with a folder of its own, below tests
    needs:   the database that it must be tried on
    """

    name: str
    edits: tuple[tuple[str, str, str], ...]
    killer: str
    needs: str = "sqlite"


def one(name: str, file: str, old: str, new: str, killer: str, needs: str = "sqlite") -> Bug:
    """A bug of one edit."""
    return Bug(name, ((file, old, new),), killer, needs)
