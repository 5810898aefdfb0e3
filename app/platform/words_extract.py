"""Finds every text that people read, in the templates and in Python: what the catalogue must hold.

Calls say it (`_`, `{% trans %}`, `phrase`), and so does what is looked up only where it is drawn: labels and messages
of forms, Ways, the details of the six kinds of error, and tables of words (constants in capitals at the top of a
module). Texts for other readers (command line, configuration, API contract) are not looked for.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import wtforms
import wtforms.validators
import yaml
from jinja2 import Environment, nodes

from app.kernel.errors import BatchTrackError
from app.platform.navigation import Way

Message: TypeAlias = str | tuple[str, str]
"""One text, or the two forms of one that counts."""

APP = Path(__file__).resolve().parents[1]
ONE, COUNTED = frozenset({"_", "gettext", "lazy_gettext", "phrase"}), frozenset({"ngettext", "phrases"})
_REFUSALS = frozenset({"ValidationError", "StopValidation", "ValueError"})
_OTHER_READERS = re.compile(
    r"/(cli|data|models|schemas|openapi\w*|config|\w+_cli|assets|permissions|logs|origin|types)(/|\.py$)"
    r"|^app/demo/(services|cli)|^app/platform/(design|mail_writing|strict_json|words)\.py$"
)
_TABLES_IN = re.compile(r"/(views|forms|kinds|\w*words)(/|\.py$)")
_TABLES_BESIDES = frozenset({"CRAFTS", "WORDS", "_WORDS"})  # all that stands in them
_TEXT = re.compile(r"[A-ZÀ-Þ][^A-Z_]*[a-z]|[A-Za-z’…]+ [A-Za-z]")
_CODE = re.compile(r"[<>=\\_^$|#]|://|%[A-Za-z-]|^[\w-]+(, [\w-]+)+$|^hx-|^[A-Z]+(-[A-Za-z]+)+$")


def everything(env: Environment) -> dict[Message, set[str]]:
    """Each text with the files that say it, as paths from the project's root."""
    found: dict[Message, set[str]] = {}
    for path in sorted([*APP.rglob("*.py"), *APP.rglob("templates/**/*.html"), *APP.rglob("templates/**/*.txt")]):
        name = path.relative_to(APP.parent).as_posix()
        if path.suffix == ".py" and _OTHER_READERS.search(name):
            continue
        source = path.read_text()
        for message in in_python(name, source) if path.suffix == ".py" else in_template(env.parse(source)):
            found.setdefault(message, set()).add(name)
    for text in _of_crafts():
        found.setdefault(text, set()).add("app/catalog/data/crafts.yaml")
    for kind in [BatchTrackError, *kinds_of_error(BatchTrackError)]:
        if title := getattr(kind, "title", ""):
            found.setdefault(title, set()).add("app/kernel/errors.py")
    return found


def _of_crafts() -> Iterator[str]:
    """What pages say to beginners, by their craft."""
    crafts = yaml.safe_load((APP / "catalog/data/crafts.yaml").read_text(encoding="utf-8"))
    return (text for craft in crafts.values() for text in craft["says"].values())


def in_template(tree: nodes.Template) -> Iterator[Message]:
    """What a template's calls and `{% trans %}` blocks say."""
    for call in tree.find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        if name in ONE and call.args:
            yield from (each.value for each in _strings(call.args[0]))
        elif name in COUNTED and len(call.args) > 1:
            yield from _pair([each.value for argument in call.args[:2] for each in _strings(argument)])
    for shown in tree.find_all(nodes.Filter):
        if shown.name == "said" and shown.node is not None:
            yield from (each.value for each in _strings(shown.node) if reads_as_text(each.value))


def _strings(node: nodes.Node) -> Iterator[nodes.Const]:
    within = [node] if isinstance(node, nodes.Const) else node.find_all(nodes.Const)
    return (each for each in within if isinstance(each.value, str))


def in_python(path: str, source: str) -> Iterator[Message]:
    """What a module's calls and tables say."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
    for statement in tree.body:
        yield from _of_table(path, statement)


def _of_call(call: ast.Call) -> Iterator[Message]:
    name = ast.unparse(call.func)
    verb = name.rpartition(".")[2]
    if verb in ONE and call.args:
        yield from constants(call.args[0])
    elif verb in COUNTED and len(call.args) > 1:
        yield from _pair([text for argument in call.args[:2] for text in constants(argument)])
    elif verb == "field" and name.rpartition(".")[0] in names_of_errors():
        yield from (text for each in call.args[1:2] for text in constants(each))
    else:
        yield from _looked_up_later(name, verb, call)


def _looked_up_later(name: str, verb: str, call: ast.Call) -> Iterator[str]:
    kinds = names_of_errors() | names_of_fields() | _REFUSALS | {Way.__name__}
    if verb in kinds or name == "super().__init__":
        yield from (text for each in call.args[:1] for text in constants(each) if reads_as_text(text))
    elif verb in names_of_validators():
        yield from (text for each in call.args for text in constants(each) if reads_as_text(text))
    for keyword in call.keywords:
        if keyword.arg in {"need", "message", "label", "description", "choices"} or (
            keyword.arg == "errors" and verb in kinds
        ):
            yield from (text for text in constants(keyword.value) if reads_as_text(text))


def _of_table(path: str, statement: ast.stmt) -> Iterator[str]:
    """Constants in capitals: `KINDS = {"use": Word("Used", ...)}`, `CHANGED = "The plan is changed."`."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    name = ast.unparse(target)
    if name in _TABLES_BESIDES:
        yield from constants(statement.value)
    elif name.isupper() and (isinstance(statement.value, ast.Constant) or _TABLES_IN.search(path)):
        yield from (text for text in constants(statement.value) if reads_as_text(text))


def constants(node: ast.AST) -> Iterator[str]:
    """The plain texts in an expression; none of a call that looks them up itself, nor the keys of a table."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and node.value:
            yield node.value
    elif isinstance(node, ast.Dict):
        yield from (text for value in node.values for text in constants(value))
    elif not isinstance(node, ast.JoinedStr | ast.Compare | ast.Subscript):
        yield from (text for child in ast.iter_child_nodes(node) for text in constants(child))


def reads_as_text(text: str) -> bool:
    """Whether people wrote it for people: a capital or a space in it, and nothing of a machine's."""
    return bool(_TEXT.search(text)) and "\n" not in text and not _CODE.search(text)


def _pair(texts: list[str]) -> Iterator[tuple[str, str]]:
    if len(texts) == 2:
        yield texts[0], texts[1]


def kinds_of_error(base: type[BatchTrackError]) -> Iterator[type[BatchTrackError]]:
    """The six and all that is made from them."""
    for kind in base.__subclasses__():
        yield kind
        yield from kinds_of_error(kind)


@cache
def names_of_errors() -> set[str]:
    """As they are called where they are raised."""
    return {kind.__name__ for kind in kinds_of_error(BatchTrackError)}


@cache
def names_of_fields() -> set[str]:
    """Form fields, ours and the library's."""
    return {kind.__name__ for kind in _all_below(wtforms.Field)}


def names_of_validators() -> set[str]:
    """The library's validators, which take a message."""
    return set(wtforms.validators.__all__)


def _all_below(base: Any) -> Iterable[Any]:
    for kind in base.__subclasses__():
        yield kind
        yield from _all_below(kind)
