"""House rules that no linter knows. Each reads one file and says where it is broken; none needs the application."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

COMMITTERS = ("app/platform/commands.py", "app/platform/database.py")  # the second: at connect, before anybody's work
TRANSACTION_OPENERS = (  # below the entry points: what must be remembered whether or not the rest succeeds
    "app/identity/services/attempts.py",
    "app/identity/services/passkey_proofs.py",
    "app/identity/services/second_step.py",
    "app/identity/services/sign_in.py",
    "app/identity/services/tokens.py",
    "app/subscriptions/services/billing.py",  # these ask Stripe between two transactions, never inside one
    "app/subscriptions/services/checkout.py",
    "app/subscriptions/services/payers.py",
    "app/subscriptions/services/stripe_sync.py",
    "app/demo/",  # plays what people do, one command after the other
)
LEDGER_WRITER = "app/inventory/services/adjustment"
LEDGER_TABLES = frozenset(
    {"stock_postings", "stock_movements", "lots", "stock_balances", "ledger_heads", "posting_notes"}
)
LEDGER_MODELS = frozenset({"LedgerHead", "Lot", "PostingNote", "StockBalance", "StockMovement", "StockPosting"})
LONGEST_FILE, LONGEST_TEMPLATE = 400, 150

_WRITING_SQL = re.compile(rf"\b(insert\s+into|update|delete\s+from)\s+({'|'.join(LEDGER_TABLES)})\b", re.IGNORECASE)
_INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=.application/json)|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|\|\s*safe\b",
    re.IGNORECASE,
)
_IN_MAIL = re.compile(
    r"<script|<img|<link|<iframe|<form|\burl\(|@import|\son[a-z]+\s*=|javascript:|\|\s*safe\b", re.IGNORECASE
)
_MIGRATION_SAYS = re.compile(r"\A\S.+\n(.*\n)*Why: +\S(.*\n)+Locks: +\S(.*\n)+Before: +\S", re.MULTILINE)
_LENGTHS = {f"app/production/services/label_{name}.py" for name in ("layout", "papers", "sheet")}
"""Points on paper: neither a quantity nor money."""
_EXACT_AREAS = ("app/kernel/", "app/catalog/", "app/inventory/", "app/recipes/", "app/production/")


def python_files(*folders: str) -> Iterator[Path]:
    """Every Python file below `folders`."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def templates() -> Iterator[Path]:
    """Every template."""
    yield from sorted((ROOT / "app").rglob("templates/**/*.html"))


def name_of(path: Path) -> str:
    """The path as people write it, from the project's root."""
    return path.relative_to(ROOT).as_posix()


def commits(path: str, source: str) -> list[str]:
    """One committer: `.commit()` and `engine.begin()` stand in platform/commands.py alone."""
    return [
        f"{path}:{call.lineno} commits"
        for call in _calls(source)
        if path not in COMMITTERS and (_verb(call) == "commit" or ast.unparse(call.func).endswith("engine.begin"))
    ]


def opens_transaction(path: str, source: str) -> list[str]:
    """Entry points open transactions; services, queries and models work inside them."""
    if not re.search(r"/(services|queries|models)\b", path) or path.startswith(TRANSACTION_OPENERS):
        return []
    opened = {"commands.run", "commands.carry_out", "commands.transaction", "commands.begin"}
    return [f"{path}:{call.lineno} opens a transaction" for call in _calls(source) if ast.unparse(call.func) in opened]


def writes_ledger(path: str, source: str) -> list[str]:
    """One ledger writer: rows of the ledger's tables are made and changed by adjustment alone."""
    if path.startswith((LEDGER_WRITER, "app/inventory/models")):
        return []
    made = LEDGER_MODELS & set(_imported_from("app.inventory.models", source))
    found = [
        f"{path}:{call.lineno} writes the ledger"
        for call in _calls(source)
        if _touches_ledger(call) or ast.unparse(call.func) in made
    ]
    texts = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    found += [
        f"{path}:{text.lineno} writes the ledger in SQL"
        for text in texts
        if isinstance(text.value, str) and _WRITING_SQL.search(text.value)
    ]
    return found


def uses_float(path: str, source: str) -> list[str]:
    """No float ever touches quantity or money."""
    if not path.startswith(_EXACT_AREAS) or path in _LENGTHS:
        return []
    names = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name) and node.id == "float")
    return [f"{path}:{name.lineno} says float" for name in names]


def leaves_standard_library(path: str, source: str) -> list[str]:
    """The kernel imports itself and the standard library."""
    if not path.startswith("app/kernel/"):
        return []
    allowed = sys.stdlib_module_names
    return [
        f"{path} imports {module}"
        for module in _imports(source)
        if module.partition(".")[0] not in allowed and not module.startswith("app.kernel")
    ]


def is_long(path: str, source: str) -> list[str]:
    """A file has at most 400 lines, a template 150."""
    limit = LONGEST_TEMPLATE if path.endswith(".html") else LONGEST_FILE
    lines = source.count("\n")
    return [f"{path} has {lines} lines; {limit} is the most"] if lines > limit else []


def is_inline(path: str, source: str) -> list[str]:
    """No inline script, style, handler or `|safe`: the content security policy would refuse it.

    In a mail styles stand inline, since its reader fetches nothing; nor may it try to.
    """
    found = (_IN_MAIL if "/mail/" in path else _INLINE).finditer(source)
    return [f"{path}:{source.count(chr(10), 0, hit.start()) + 1} has {hit[0].strip()}" for hit in found]


def explains_nothing(path: str, source: str) -> list[str]:
    """A migration says why it is, what it locks and what came before, goes both ways, and imports no model."""
    tree = ast.parse(source)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found = []
    if not _MIGRATION_SAYS.search(ast.get_docstring(tree) or ""):
        found.append(f"{path}: the docstring lacks Why, Locks or Before")
    if not {"upgrade", "downgrade"} <= functions.keys() or isinstance(functions["downgrade"].body[-1], ast.Pass):
        found.append(f"{path}: goes one way only")
    return found + [f"{path}: imports {module}" for module in _imports(source) if module.endswith(".models")]


def _calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def _imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _imported_from(package: str, source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package):
            yield from (alias.name for alias in node.names)


def _verb(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _touches_ledger(call: ast.Call) -> bool:
    """A model of the ledger is made, or named in an insert, update or delete."""
    if ast.unparse(call.func) in {f"models.{model}" for model in LEDGER_MODELS}:
        return True
    if _verb(call) not in {"insert", "update", "delete", "bulk_insert_mappings", "bulk_save_objects"}:
        return False
    words = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    words |= {node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute)}
    return bool(words & (LEDGER_MODELS | LEDGER_TABLES))
