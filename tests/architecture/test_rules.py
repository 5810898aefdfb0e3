"""The house rules over the whole tree; and each rule once over a file that breaks it, to see it fail."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture import rules

Rule = Callable[[str, str], list[str]]

PYTHON: list[tuple[Rule, tuple[str, ...]]] = [
    (rules.commits, ("app",)),
    (rules.opens_transaction, ("app",)),
    (rules.writes_ledger, ("app",)),
    (rules.uses_float, ("app",)),
    (rules.leaves_standard_library, ("app/kernel",)),
    (rules.is_long, ("app", "tests", "migrations", "scripts")),
    (rules.explains_nothing, ("migrations/versions",)),
]
TEMPLATES: list[Rule] = [rules.is_long, rules.is_inline]

VIEWS = "app/inventory/views.py"
SAID = '"""A title\n\nWhy:    x\nLocks:  y\nBefore: z\n"""\n'
BOTH_WAYS = "def upgrade():\n    op.x()\ndef downgrade():\n    op.y()\n"
BROKEN: list[tuple[Rule, str, str]] = [
    (rules.commits, VIEWS, "db.session.commit()"),
    (rules.commits, VIEWS, "with db.engine.begin() as connection: ..."),
    (rules.opens_transaction, "app/catalog/services/items.py", "with commands.transaction(): ..."),
    (rules.opens_transaction, "app/catalog/queries.py", "commands.run(actor, None, {}, work)"),
    (rules.writes_ledger, VIEWS, "session.execute(sa.insert(StockMovement), rows)"),
    (rules.writes_ledger, VIEWS, "session.execute(models.Lot.__table__.update())"),
    (rules.writes_ledger, VIEWS, "session.add(models.StockBalance(item_id=item.id))"),
    (rules.writes_ledger, VIEWS, "from app.inventory.models import Lot\nsession.add(Lot())"),
    (rules.writes_ledger, VIEWS, 'session.execute(text("UPDATE lots SET remaining_quantity = 0"))'),
    (rules.uses_float, VIEWS, "quantity = float(text)"),
    (rules.uses_float, VIEWS, "def cost(quantity: float): ..."),
    (rules.leaves_standard_library, "app/kernel/clock.py", "import pytz"),
    (rules.leaves_standard_library, "app/kernel/clock.py", "from app.platform import web"),
    (rules.is_long, VIEWS, "x = 1\n" * 401),
    (rules.is_long, "app/inventory/templates/inventory/item.html", "<p>\n" * 151),
    (rules.is_inline, "x.html", "<script>alert(1)</script>"),
    (rules.is_inline, "x.html", '<p style="color: red">'),
    (rules.is_inline, "x.html", '<button onclick="go()">'),
    (rules.is_inline, "x.html", '<a href="javascript:go()">'),
    (rules.is_inline, "x.html", "{{ note | safe }}"),
    (rules.is_inline, "app/identity/templates/identity/mail/x.html", '<img src="https://fernandtallow.example/a.png">'),
    (rules.is_inline, "app/identity/templates/identity/mail/x.html", "{{ note | safe }}"),
    (rules.is_inline, "app/identity/templates/identity/mail/x.html", "<p style='background: url(//x)'>"),
    (rules.explains_nothing, "x.py", '"""A title"""\n' + BOTH_WAYS),
    (rules.explains_nothing, "x.py", SAID + "def upgrade():\n    op.x()\n"),
    (rules.explains_nothing, "x.py", SAID + "def upgrade():\n    op.x()\ndef downgrade():\n    pass\n"),
    (rules.explains_nothing, "x.py", SAID + "from app.inventory.models import Lot\n" + BOTH_WAYS),
]
KEPT: list[tuple[Rule, str, str]] = [
    (rules.opens_transaction, VIEWS, "commands.run(actor, key, body, work)"),
    (rules.commits, "app/platform/commands.py", "db.session.commit()"),
    (rules.writes_ledger, "app/inventory/services/adjustment/writing.py", "sa.insert(StockMovement)"),
    (rules.writes_ledger, VIEWS, "sa.select(Lot).where(Lot.item_id == item)\nitems.update(name=name)"),
    (rules.is_inline, "x.html", '<script src="/app.js"></script><p class="style">on sale = yes</p>'),
    (rules.is_inline, "app/identity/templates/identity/mail/x.html", '<p style="color: red"><style>p {}</style>'),
    (rules.explains_nothing, "x.py", SAID + BOTH_WAYS),
]


@pytest.mark.parametrize(("rule", "folders"), PYTHON, ids=[rule.__name__ for rule, _ in PYTHON])
def test_no_module_breaks_the_rule(rule: Rule, folders: tuple[str, ...]) -> None:
    assert broken(rule, rules.python_files(*folders)) == []


@pytest.mark.parametrize("rule", TEMPLATES)
def test_no_template_breaks_the_rule(rule: Rule) -> None:
    assert broken(rule, rules.templates()) == []


@pytest.mark.parametrize(("rule", "path", "source"), BROKEN)
def test_the_rule_sees_what_breaks_it(rule: Rule, path: str, source: str) -> None:
    assert rule(path, source) != []


@pytest.mark.parametrize(("rule", "path", "source"), KEPT)
def test_the_rule_lets_pass_what_keeps_it(rule: Rule, path: str, source: str) -> None:
    assert rule(path, source) == []


def broken(rule: Rule, files: Iterable[Path]) -> list[str]:
    def found() -> Iterator[str]:
        for file in files:
            yield from rule(rules.name_of(file), file.read_text(encoding="utf-8"))

    return list(found())
