"""What browsers load: built from packages, found by name, and fit to be read by everybody."""

import json
import re
from pathlib import Path

import click
import pytest
from flask import Flask

from app.platform import assets

CSS = assets.ROOT / "assets" / "css"
TEXT_INKS = ("ink", "ink-2", "ink-3", "accent-ink", "bad", "warn", "good")
SURFACES = ("bench", "sheet", "well", "lift")
AA = 4.5


@pytest.fixture
def shop(tmp_path: Path) -> Flask:
    """An application whose build made one file."""
    app = Flask("shop", static_folder=str(tmp_path), static_url_path="/static")
    assets.register(app)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "style-1A2B.css").write_text("body{}")
    (tmp_path / assets.MANIFEST).write_text(json.dumps({"style.css": "style-1A2B.css"}))
    return app


class TestAssetUrl:
    def test_a_name_leads_to_the_hashed_file(self, shop: Flask) -> None:
        with shop.test_request_context():
            assert assets.asset_url("style.css") == "/static/dist/style-1A2B.css"

    def test_a_new_build_is_seen_without_a_restart(self, shop: Flask, tmp_path: Path) -> None:
        with shop.test_request_context():
            assets.asset_url("style.css")
            (tmp_path / assets.MANIFEST).write_text(json.dumps({"style.css": "style-9Z.css", "more": "x"}))
            assert assets.asset_url("style.css") == "/static/dist/style-9Z.css"

    def test_pages_refuse_to_be_drawn_before_the_build(self, shop: Flask, tmp_path: Path) -> None:
        (tmp_path / assets.MANIFEST).unlink()
        with shop.test_request_context(), pytest.raises(assets.AssetsNotBuilt, match="build-assets"):
            assets.asset_url("style.css")

    def test_a_name_that_the_build_does_not_know_is_loud(self, shop: Flask) -> None:
        with shop.test_request_context(), pytest.raises(assets.AssetsNotBuilt, match=r"nothing\.css"):
            assets.asset_url("nothing.css")

    def test_browsers_keep_what_is_named_by_its_hash(self, shop: Flask) -> None:
        with shop.test_client().get("/static/dist/style-1A2B.css") as answer:
            assert "immutable" in answer.headers["Cache-Control"]


class TestBuild:
    def test_packages_are_installed_again_only_when_the_lock_changed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ran = []
        monkeypatch.setattr(assets, "_run", lambda *command, **_where: ran.append(command[:2]))
        (tmp_path / "node_modules").mkdir()
        for lock in ("one", "one", "two"):
            (tmp_path / "package-lock.json").write_text(lock)
            assets.install_packages(tmp_path)
        assert ran == [("npm", "ci"), ("npm", "ci")]

    def test_a_machine_without_node_is_told_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "")
        monkeypatch.setattr("sys.executable", "/nowhere/python")
        with pytest.raises(click.ClickException, match=r"Node\.js"):
            assets._run("node", "--version")

    def test_the_lock_names_no_host_to_fetch_from(self) -> None:
        assert '"resolved"' not in (assets.ROOT / "package-lock.json").read_text()


class TestIcons:
    def test_every_icon_that_a_page_draws_is_in_the_sprite(self) -> None:
        assert _icons_drawn() - _icons_listed() == set()

    def test_the_list_is_in_order_and_says_nothing_twice(self) -> None:
        names = (assets.ROOT / "assets" / "icons.txt").read_text().split()
        assert names == sorted(set(names))


class TestTokens:
    def test_the_dark_theme_is_the_same_chosen_or_followed(self) -> None:
        chosen, followed = _dark_blocks()
        assert chosen == followed

    @pytest.mark.parametrize("surface", SURFACES)
    @pytest.mark.parametrize("ink", TEXT_INKS)
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_text_can_be_read_on_every_surface(self, theme: str, ink: str, surface: str) -> None:
        tokens = _tokens(theme)
        assert _contrast(tokens[ink], tokens[surface]) >= AA

    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize(
        ("ink", "ground"),
        [
            ("on-accent", "accent"),
            ("kraft-ink", "kraft"),
            ("bad", "bad-tint"),
            ("warn", "warn-tint"),
            ("good", "good-tint"),
        ],
    )
    def test_text_can_be_read_on_what_it_is_written_on(self, theme: str, ink: str, ground: str) -> None:
        tokens = _tokens(theme)
        assert _contrast(tokens[ink], tokens[ground]) >= AA


def _icons_listed() -> set[str]:
    return set((assets.ROOT / "assets" / "icons.txt").read_text().split())


def _icons_drawn() -> set[str]:
    said = r"""\b(?:icon|draw_icon|self_icon)\(\s*["']([a-z0-9-]+)["']|\bicon=["']([a-z0-9-]+)["']"""
    sources = [file.read_text() for file in (assets.ROOT / "app").rglob("*.*") if file.suffix in {".html", ".py"}]
    return {one or other for source in sources for one, other in re.findall(said, source)}


def _block(source: str, opening: str) -> dict[str, str]:
    body = source[source.index(opening) :].partition("{")[2].partition("}")[0]
    return dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", body))


def _dark_blocks() -> tuple[dict[str, str], dict[str, str]]:
    source = (CSS / "tokens.css").read_text()
    return _block(source, ':root[data-theme="dark"]'), _block(source, ":root:not([data-theme])")


def _tokens(theme: str) -> dict[str, str]:
    light = _block((CSS / "tokens.css").read_text(), ":root {")
    return light if theme == "light" else light | _dark_blocks()[0]


def _contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two #rrggbb colours."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
