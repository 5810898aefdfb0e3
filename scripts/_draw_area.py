"""Draws an empty area: the files of the plan, its line in app/areas.py and in the import contracts."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

AREA = '''"""Registers {name}: its pages."""

from flask import Flask

from app.{name} import views


def register(app: Flask) -> None:
    """Wire {name} into `app`."""
    app.register_blueprint(views.bp)
'''
VIEWS = '''"""Pages of {name}: read, call, answer."""

from flask import Blueprint

bp = Blueprint("{name}", __name__, url_prefix="/o/<slug>/{name}", template_folder="templates")
'''
_IMPORT = re.compile(r"^from app\.\w+ import area as \w+\n", re.MULTILINE)
_AREAS = re.compile(r"AREAS = \((.*?)\)", re.DOTALL)
FILES = {
    "__init__.py": '"""The {name} area."""\n',
    "area.py": AREA,
    "views.py": VIEWS,
    "forms.py": '"""The shape of what the pages of {name} take."""\n',
    "queries.py": '"""What the pages and lists of {name} show: frozen rows, one SQL statement each."""\n',
    "services/__init__.py": '"""Commands and rules of {name}."""\n',
    "models.py": '"""Tables of {name}."""\n',
}


def draw(name: str, below: str | None) -> None:
    """Write the files, then tell app/areas.py and pyproject.toml."""
    for file, text in FILES.items():
        path = ROOT / "app" / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(name=name), encoding="utf-8")
    (ROOT / "app" / name / "templates" / name).mkdir(parents=True)
    (ROOT / "tests" / name).mkdir(exist_ok=True)
    (ROOT / "tests" / name / "__init__.py").touch()
    _edit(ROOT / "app/areas.py", lambda text: _registered(text, name, below))
    _edit(ROOT / "pyproject.toml", lambda text: _layered(text, name, below))


def _registered(text: str, name: str, below: str | None) -> str:
    """app/areas.py with the import in alphabetical order and the area above `below`."""
    imports = sorted({*_IMPORT.findall(text), f"from app.{name} import area as {name}\n"})
    areas = [word.strip() for word in _AREAS.findall(text)[0].split(",") if word.strip()]
    areas.insert(areas.index(below) + 1 if below else len(areas), name)
    text = re.sub(f"({_IMPORT.pattern})+", "".join(imports), text, count=1, flags=re.MULTILINE)
    return _AREAS.sub(f"AREAS = ({', '.join(areas)})", text)


def _layered(text: str, name: str, below: str | None) -> str:
    """The contracts with the area in its layer and under the file plan."""
    if not re.search(rf'"[^"]*\({name}\)', text):
        layer = f'  "({below})",' if below else '  "(areas)",'
        text = text.replace(layer, f'  "({name})",\n{layer}' if below else f'{layer}\n  "({name})",', 1)
    return re.sub(r'(containers = \[\n(?:  "app\.\w+",\n)+)', rf'\1  "app.{name}",' + "\n", text, count=1)


def _edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    draw(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
