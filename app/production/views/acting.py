"""What the pages that act on a batch share: the form, the command under its key, and where to go afterwards."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.kernel.actor import Actor
from app.platform.commands import Answer
from app.platform.pages import PageForm, done, draw, perform, went
from app.platform.web import current_actor
from app.production.services import records
from app.production.services.records import BatchRecord

Command = Callable[[Actor, UUID], BatchRecord]


def act(
    batch: str,
    form: PageForm,
    command: Command,
    did: str,
    *,
    part: str,
    fields: Mapping[str, str] | None = None,
    **context: Any,
) -> ResponseReturnValue:
    """The page of one deed, or to htmx its form alone; sent, the deed and the batch's page.

    did:    of the toast: "is finished"
    part:   template of the form, production/_<part>.html
    fields: see `PageForm.refuse`
    """
    actor = current_actor()
    batch_id = records.find(actor, batch)
    if request.method == "POST":
        answer = perform(form, lambda: moved(command(actor, batch_id), did), fields)
        if answer:
            return done(answer)
    template = f"production/_{part}.html"
    record = records.read(actor, batch_id)
    return draw(form, "production/act.html", template, batch=record, deed=request.endpoint, part=template, **context)


def moved(record: BatchRecord, did: str) -> Answer:
    """To the batch's page, saying what happened to it."""
    label = record.header.label
    return went(url_for("production.batch", batch=label), f"{label} {did}.")
