"""The page on which the books prove themselves: every balance and cost worked out again from the movements alone."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.inventory.queries import proofs
from app.inventory.views.blueprint import bp
from app.kernel.permissions import Permission
from app.platform.web import current_actor, requires


@bp.get("/books")
@requires(Permission.LEDGER_PROVE)
def books() -> ResponseReturnValue:
    """What a proof does, and the way to it: it reads the whole ledger, so it waits to be asked."""
    return render_template("inventory/books.html", proof=None)


@bp.get("/books/proof")
@requires(Permission.LEDGER_PROVE)
def proof() -> ResponseReturnValue:
    """The proof, as things are at this moment."""
    return render_template("inventory/books.html", proof=proofs.asked_by(current_actor()))
