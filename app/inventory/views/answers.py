"""What the commands of stock answer to a page: where to go, what to say, and the way to undo it."""

from flask import url_for

from app.inventory.services.adjustment import Posted
from app.inventory.views import words
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer


def moved(actor: Actor, posted: Posted, url: str) -> Answer:
    """Something was received, used or taken back."""
    return pages.went(url, words.moved(actor, posted), undo_url(actor, posted))


def undo_url(actor: Actor, posted: Posted, *, together: bool = False) -> str | None:
    """Where the toast's Undo goes, for those who may. together: with all that was written in one go with it"""
    if not actor.may(Permission.INVENTORY_REVERSE):
        return None
    return url_for("inventory.reverse_together" if together else "inventory.reverse", posting=str(posted.id))
