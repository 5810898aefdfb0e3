"""Every area stands in the plan: registered with the application, and watched by the import contracts."""

import tomllib
from pathlib import Path

from app import areas
from tests.architecture.rules import ROOT

NO_AREAS = {"kernel", "platform", "static", "translations"}
BESIDE_MODULES = {"services", "templates", "data", "__pycache__"}


def rooms() -> list[Path]:
    return sorted(folder for folder in (ROOT / "app").iterdir() if folder.is_dir() and folder.name not in NO_AREAS)


def area_folders() -> set[str]:
    return {folder.name for folder in rooms() if folder.name != "__pycache__"}


def test_every_area_has_its_area_py() -> None:
    assert [name for name in sorted(area_folders()) if not (ROOT / "app" / name / "area.py").exists()] == []


def test_every_area_is_registered() -> None:
    assert {area.__name__.split(".")[1] for area in areas.AREAS} == area_folders()


def test_the_file_plan_watches_every_area() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    watched = next(contract["containers"] for contract in contracts if contract["id"] == "file-plan")
    assert set(watched) == {f"app.{name}" for name in area_folders()}


def test_an_area_has_no_folder_outside_the_plan() -> None:
    """Packages are import-linter's; this sees folders that are no packages."""
    strange = [
        folder
        for room in rooms()
        for folder in room.iterdir()
        if folder.is_dir() and folder.name not in BESIDE_MODULES and not (folder / "__init__.py").exists()
    ]
    assert strange == []
