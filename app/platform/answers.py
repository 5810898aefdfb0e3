"""The base of what answers are made of: documentation, and what tests hold the answers against."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from app.platform.costs import COST_KEYS


def _costs_may_be_missing(schema: dict[str, Any]) -> None:
    schema["required"] = [key for key in schema.get("required", []) if key not in COST_KEYS]


class Answered(BaseModel):
    """An answer's shape: every declared key and no other. Without `inventory.view_costs` its costs are left out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_costs_may_be_missing)


class Drawer(Answered):
    """How the reader can put it right; then the same may be tried again, under a new key."""

    version: int
    error_code: str
    error_message: str
    success_event: str
    modal_url: str | None = None
    redirect_url: str | None = None
    retry: Any = None
    correlation_id: str | None = None


class Problem(Answered):
    """Every error (RFC 9457). `code` is for programs, `detail` for people, `errors` by field."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: dict[str, list[str]]
    details: dict[str, Any]
    drawer_payload: Drawer | None = None
