"""What the pages that act on a batch share: the form, the command under its key, and where to go afterwards."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.platform.commands import Answer
from app.platform.database import db
from app.platform.pages import PageForm, done, draw, perform, went
from app.platform.web import current_actor
from app.production.services import records
from app.production.services.records import BatchRecord

T = TypeVar("T")
Command = Callable[[Actor, UUID], BatchRecord]
Told = Callable[[BatchRecord], Answer]


def act(
    batch: str,
    form: PageForm,
    command: Command,
    told: Told,
    *,
    part: str,
    fields: Mapping[str, str] | None = None,
    **context: Any,
) -> ResponseReturnValue:
    """The page of one deed, or to htmx its form alone; sent, the deed and the batch's page.

    told:   what is said of it afterwards, and where to go: see `moved`
    part:   template of the form, production/_<part>.html
    fields: see `PageForm.refuse`
    """
    actor = current_actor()
    batch_id = records.find(actor, batch)
    if request.method == "POST":
        answer = perform(form, lambda: told(command(actor, batch_id)), fields)
        if answer:
            return done(answer)
    template = f"production/_{part}.html"
    record = records.read(actor, batch_id)
    return draw(form, "production/act.html", template, batch=record, deed=request.endpoint, part=template, **context)


def would(plan: Callable[[], T]) -> tuple[T | None, list[str]]:
    """What a command would do: its dry run, or why it cannot be."""
    try:
        return plan(), []
    except (Invalid, NotFound, Conflict) as error:
        return None, [text for said in error.errors.values() for text in said] or [error.detail]
    finally:
        db.session.rollback()


def moved(record: BatchRecord, text: str, *, undo: str | None = None) -> Answer:
    """To the batch's page, saying what happened to it; `undo` is the address that takes it back."""
    return went(url_for("production.batch", batch=record.header.label), text, undo)


def back(record: BatchRecord) -> str:
    """The address that undoes the last step."""
    return url_for("production.step_back", batch=record.header.label)
