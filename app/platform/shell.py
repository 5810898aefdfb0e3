"""The installed app: its manifest, its service worker, and the page that stands in when there is no connection.

None of them holds anything of anybody: a worker may keep the page. The worker itself is assets/js/worker.js; it is
served from the root, since a worker minds only what lies below its own address.
"""

from flask import Blueprint, Flask, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.platform import assets
from app.platform.web import json_text, public

bp = Blueprint("shell", __name__)

_GROUND = "#f2ebdf"  # --bench of the light theme: what shows before the first page
_ASK_AGAIN = "no-cache"
_ICONS = (("icon-192.png", 192, "any"), ("icon-512.png", 512, "any"), ("icon-maskable-512.png", 512, "maskable"))


def init_app(app: Flask) -> None:
    """Serve the shell of `app`."""
    app.register_blueprint(bp)


@bp.get("/sw.js")
@public("shell.worker")
def worker() -> ResponseReturnValue:
    """The service worker. Browsers ask for it anew each time: that is how they learn of a new build."""
    answer = Response(assets.path_of("worker.js").read_text(), mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = "/"
    answer.headers["Cache-Control"] = _ASK_AGAIN
    return answer


@bp.get("/manifest.webmanifest")
@public("shell.manifest")
def manifest() -> ResponseReturnValue:
    """What the app is called and looks like where it is installed."""
    said = {
        "id": "/",
        "name": "BatchTrack",
        "short_name": "BatchTrack",
        "description": _("Stock, recipes and batches for makers."),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": _GROUND,
        "theme_color": _GROUND,
        "icons": [_icon(*each) for each in _ICONS],
        "shortcuts": [
            {"name": _("Scan"), "url": "/?to=scan"},
            {"name": _("Plan a batch"), "url": "/?to=plan"},
            {"name": _("Stock"), "url": "/?to=stock"},
        ],
    }
    answer = Response(json_text(said), mimetype="application/manifest+json")
    answer.headers["Cache-Control"] = _ASK_AGAIN
    return answer


@bp.get("/offline")
@public("shell.offline")
def offline() -> ResponseReturnValue:
    """What an installed app shows when the server cannot be reached."""
    return render_template("platform/offline.html")


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": assets.asset_url(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
