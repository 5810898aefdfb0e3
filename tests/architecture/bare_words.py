"""Finds text that people read and nobody can translate. `python -m tests.architecture.bare_words [folder]` lists it.

In templates: words between the tags, words in attributes that are read out or shown, and sentences in expressions that
do not pass through `_()` or `said`. In Python: sentences with values in them that were glued together, and what a page
says after something was done without `_()`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

from jinja2 import Environment, nodes

from app.factory import create_app
from app.platform import words_extract
from app.platform.config import Config
from app.platform.words_extract import COUNTED, ONE, constants, reads_as_text
from tests.architecture.rules import ROOT, name_of, python_files

_SPOKEN = re.compile(
    r"^(aria-(label|description|roledescription|valuetext)|title|placeholder|alt|data-label|data-[\w-]*text)$"
)
_UNSPOKEN = frozenset({"code", "kbd", "script", "style", "svg", "samp"})
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
_NAMES = frozenset(
    {"BatchTrack", "Stripe", "JSON", "CSV", "QR", "PDF", "API", "FIFO", "EAN", "HTTP", "Ctrl", "Esc", "Subject", "btn"}
)
"""The same in every language."""
_MEASURES = re.compile(r"\bg/ml\b|\b[A-Z]{2,}-\w+\b")
_MACHINE = re.compile(r"^(Bearer|Authorization)\b|bt_…")
_EXPRESSION = "⟦⟧"
_ADDRESS = re.compile(rf"{_EXPRESSION}/(?:[\w/-]|{_EXPRESSION})+")
_LOOKED_UP = frozenset({"went", "flash"})
_WRITTEN_FOR_PROGRAMS = ("platform/api_docs.html", "platform/design.html")


class _Reader(HTMLParser):
    """Collects what people read of HTML in which expressions are already blanks."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.unspoken: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what an attribute says aloud."""
        if tag in _UNSPOKEN:
            self.unspoken.append(tag)
        self.found.extend(value for name, value in attrs if value and _SPOKEN.match(name) and _is_words(value))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """As a tag that holds nothing."""
        self.found.extend(value for name, value in attrs if value and _SPOKEN.match(name) and _is_words(value))

    def handle_endtag(self, tag: str) -> None:
        """Back among the spoken."""
        if tag in self.unspoken:
            del self.unspoken[self.unspoken.index(tag) :]

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if not self.unspoken and _is_words(data):
            self.found.append(" ".join(data.split()))


def _is_words(text: str) -> bool:
    read = _MEASURES.sub(" ", _ADDRESS.sub(" ", text)).replace(_EXPRESSION, " ")
    said = [word for word in _WORD.findall(read) if word not in _NAMES]
    return bool(said) and not _MACHINE.search(text)


def in_template(name: str, source: str, env: Environment) -> list[str]:
    """Each bare text of a template: `name: text`."""
    if name.endswith(_WRITTEN_FOR_PROGRAMS):
        return []
    tree = env.parse(source)
    reader = _Reader()
    reader.feed(_flat(tree))
    return [f"{name}: {text[:90]}" for text in [*reader.found, *_in_expressions(tree)]]


def _flat(tree: nodes.Template) -> str:
    """The template's own text, in order, with a blank for every expression."""
    parts = (
        each.data if isinstance(each, nodes.TemplateData) else _EXPRESSION
        for output in tree.find_all(nodes.Output)
        for each in output.nodes
    )
    return "".join(parts)


def _in_expressions(tree: nodes.Template) -> Iterator[str]:
    looked_up: set[int] = set()
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in ONE | COUNTED:
            looked_up |= {id(each) for argument in call.args for each in _within(argument)}
            looked_up |= {id(call)}
    for shown in tree.find_all(nodes.Filter):
        if shown.name == "said" and shown.node is not None:
            looked_up |= {id(each) for each in _within(shown.node)}
    for compared in tree.find_all((nodes.Compare, nodes.Getitem, nodes.Import, nodes.FromImport, nodes.Extends)):
        looked_up |= {id(each) for each in compared.find_all(nodes.Const)}
    for each in tree.find_all(nodes.Const):
        if id(each) not in looked_up and isinstance(each.value, str) and _is_sentence(each.value):
            yield f"{each.value!r} in an expression"


def _within(node: nodes.Node) -> list[nodes.Node]:
    return [node, *node.find_all(nodes.Const)]


def _is_sentence(text: str) -> bool:
    return reads_as_text(text) and _is_words(text) and not re.match(r"^[a-z-]+( [a-z0-9-]+)*$", text)


def in_python(name: str, source: str) -> list[str]:
    """Each text of a module that was glued together, or is shown without being looked up."""
    tree = ast.parse(source)
    found = [
        f"{name}:{call.lineno}: {ast.unparse(part)[:90]}" for call, part in _shown_in(tree) if _is_bare(call, part)
    ]
    return sorted(set(found))


def _shown_in(tree: ast.Module) -> Iterator[tuple[ast.Call, ast.expr]]:
    kinds = words_extract.names_of_errors() | words_extract.names_of_fields() | {"ValidationError", "StopValidation"}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        full = ast.unparse(call.func)
        verb = full.rpartition(".")[2]
        if verb in kinds:
            yield from ((call, part) for part in call.args[:1])
        elif (verb == "field" and full.rpartition(".")[0] in kinds) or verb == "went":
            yield from ((call, part) for part in call.args[1:2])
        elif verb == "flash":
            yield from ((call, part) for part in call.args[:1])


def _is_bare(call: ast.Call, part: ast.expr) -> bool:
    if any(isinstance(node, ast.JoinedStr) and _has_words(node) for node in _own(part)):
        return True
    verb = ast.unparse(call.func).rpartition(".")[2]
    return verb in _LOOKED_UP and any(reads_as_text(text) for text in _bare_constants(part))


def _own(part: ast.expr) -> Iterator[ast.AST]:
    """The expression without what it looks up or names by calls of its own."""
    yield part
    if not isinstance(part, ast.Call):
        for child in ast.iter_child_nodes(part):
            if isinstance(child, ast.expr):
                yield from _own(child)


def _bare_constants(part: ast.expr) -> Iterator[str]:
    for node in _own(part):
        if isinstance(node, ast.Constant):
            yield from constants(node)


def _has_words(text: ast.JoinedStr) -> bool:
    return any(isinstance(part, ast.Constant) and _WORD.search(str(part.value)) for part in text.values)


def everything(folder: str, env: Environment) -> list[str]:
    """Every bare text below a folder of the project."""
    found: list[str] = []
    for path in python_files(folder):
        if not re.search(r"/(cli|api|data|schemas)(/|\.py$)|_cli\.py$|/demo/|openapi", name_of(path)):
            found += in_python(name_of(path), path.read_text())
    for path in sorted([*(ROOT / folder).rglob("*.html"), *(ROOT / folder).rglob("*.txt")]):
        if "templates" in path.parts:
            found += in_template(name_of(path), path.read_text(), env)
    return found


def main() -> None:
    """List what is bare."""
    with TemporaryDirectory() as folder:
        app = create_app(Config("sqlite://", Path(folder), secret_key="unused"))
    found = everything(sys.argv[1] if len(sys.argv) > 1 else "app", app.jinja_env)
    print("\n".join([*found, f"{len(found)} texts are bare."]))  # noqa: T201


if __name__ == "__main__":
    main()
