"""The step that asks for known advisories: a finding fails, silence is named, and nothing is called clean unasked."""

import importlib.util
import json
import stat
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.rules import ROOT

CLEAN_PIP = {"dependencies": [{"name": "flask", "version": "3", "vulns": []}]}
CLEAN_NPM = {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 2}}}


@pytest.fixture
def advisories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with programs in front of the real ones that say what a test writes for them."""
    spec = importlib.util.spec_from_file_location("advisories", ROOT / "scripts/_advisories.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return made


def says(folder: Path, pip: object, npm: object) -> None:
    """What the two programs print."""
    for name, said in (("pip-audit", pip), ("npm", npm)):
        (folder / f"{name}.json").write_text(said if isinstance(said, str) else json.dumps(said))
        program = folder / name
        program.write_text(f"#!/bin/sh\ncat {folder / name}.json\nexit 1\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(
    ("pip", "npm", "status", "line"),
    [
        (CLEAN_PIP, CLEAN_NPM, 0, "pip-audit: 1 of 1 packages looked up, 0 advisories"),
        (
            {"dependencies": [{"name": "x", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}]},
            {"message": "405", "statusCode": 405},
            1,
            "pip-audit: x 1: PYSEC-1, mended in 2",
        ),
        (CLEAN_PIP, CLEAN_NPM | {"vulnerabilities": {"y": {"severity": "high"}}}, 1, "npm audit: y: high"),
        ("", CLEAN_NPM, 75, "pip-audit: NOT CHECKED: no answer"),
        (CLEAN_PIP, {"message": "x", "statusCode": 405}, 75, "npm audit: NOT CHECKED: the service answered 405"),
        (
            {"dependencies": [{"name": "flask", "skip_reason": "not found"}]},
            CLEAN_NPM,
            75,
            "pip-audit: NOT CHECKED: the service knows nothing of 1 packages",
        ),
    ],
)
def test_what_the_services_say_is_what_the_step_says(
    advisories: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    pip: object,
    npm: object,
    status: int,
    line: str,
) -> None:
    says(tmp_path, pip, npm)
    assert advisories.main() == status
    assert line in capsys.readouterr().out.splitlines()
