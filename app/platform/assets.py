"""Where the built scripts, styles, fonts and icons are, and `flask build-assets`, which builds them.

The manifest that the build writes last is the authority on names. Nothing here is served: Flask's static route is.
"""

import hashlib
import json
import mimetypes
import shutil
import subprocess
import sys
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

import click
from flask import Flask, Response, current_app, request, send_from_directory, url_for

from app.platform import words_cli

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = "dist/manifest.json"


class AssetsNotBuilt(RuntimeError):
    """The pages cannot be drawn before `flask build-assets` has run."""


def register(app: Flask) -> None:
    """Give `asset_url()` to templates, long life to hashed files, `build-assets` to the command line."""
    app.add_template_global(asset_url)
    app.view_functions["static"] = _send
    app.after_request(_keep_forever)
    app.cli.add_command(build_assets)


def asset_url(name: str) -> str:
    """The address of a built file: `style.css`, `app.js`, `icons.svg`.

    raises: AssetsNotBuilt, when there is no manifest or it does not know `name`
    """
    return url_for("static", filename=f"dist/{file_of(name)}")


def file_of(name: str) -> str:
    """The built file's own name, with its hash. raises: AssetsNotBuilt"""
    manifest = Path(current_app.static_folder or "") / MANIFEST
    if not manifest.is_file():
        raise AssetsNotBuilt("Run `flask build-assets` first.")
    file = _read(manifest, manifest.stat().st_mtime_ns).get(name)
    if file is None:
        raise AssetsNotBuilt(f"The build made no {name}; run `flask build-assets`.")
    return file


def path_of(name: str) -> Path:
    """Where the built file lies, for what reads it here. raises: AssetsNotBuilt"""
    return Path(current_app.static_folder or "") / "dist" / file_of(name)


def _send(filename: str) -> Response:
    """A static file; of a built text the compressed bytes, to a browser that takes them."""
    folder = current_app.static_folder or ""
    built = filename.startswith("dist/") and (Path(folder) / f"{filename}.br").is_file()
    small = built and request.accept_encodings.quality("br") > 0
    response = send_from_directory(folder, f"{filename}.br" if small else filename, mimetype=_type_of(filename))
    if built:
        response.vary.add("Accept-Encoding")
    if small:
        response.headers["Content-Encoding"] = "br"
    return response


def _type_of(filename: str) -> str | None:
    return mimetypes.guess_type(filename)[0]


def _keep_forever(response: Response) -> Response:
    """A hashed name never means other bytes, so browsers need not ask again."""
    if (
        request.endpoint == "static"
        and request.path.startswith("/static/dist/")
        and response.status_code == HTTPStatus.OK
    ):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@lru_cache(maxsize=4)
def _read(manifest: Path, _changed_at: int) -> dict[str, str]:
    """The manifest as it was when it was last changed."""
    names: dict[str, str] = json.loads(manifest.read_text())
    return names


@click.command("build-assets")
def build_assets() -> None:
    """Install the npm packages when needed, build app/static/dist and the catalogues of the other languages."""
    install_packages(ROOT)
    _run("node", "assets/build.mjs")
    words_cli.build()
    click.echo("Assets are built.")


def install_packages(root: Path) -> bool:
    """Run `npm ci` unless `node_modules` already holds what the lock file says. Says whether it ran."""
    wanted = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    stamp = root / "node_modules" / ".installed"
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=root)
    stamp.write_text(wanted)
    return True


def _run(program: str, *arguments: str, cwd: Path = ROOT) -> None:
    path = shutil.which(program) or shutil.which(program, path=str(Path(sys.executable).parent))
    if path is None:
        raise click.ClickException(
            f"{program} is missing: install Node.js 18 or newer (Debian: apt install nodejs npm)."
        )
    try:
        subprocess.run([path, *arguments], cwd=cwd, check=True)  # noqa: S603 - fixed arguments
    except subprocess.CalledProcessError as error:
        raise click.ClickException(f"{program} {arguments[0]} failed with status {error.returncode}.") from error
