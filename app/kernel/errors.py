"""The six ways in which a request can fail for a reason that its sender can understand.

Raised by the code that knows; translated once, at the edge, into a page, a fragment or `application/problem+json`.
Anything else that is raised is a bug and should be loud.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class BatchTrackError(Exception):
    """One of the six. `code` is lower case with underscores; `errors` maps a field to its messages."""

    status: ClassVar[int]
    title: ClassVar[str]
    code: str

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        errors: Mapping[str, list[str]] | None = None,
        drawer: Mapping[str, Any] | None = None,
        **details: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.errors = dict(errors or {})
        self.drawer = dict(drawer) if drawer else None
        self.details = details

    def problem(self) -> dict[str, Any]:
        """The body of the answer, RFC 9457."""
        body: dict[str, Any] = {
            "type": f"urn:batchtrack:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "errors": self.errors,
            "details": self.details,
        }
        if self.drawer:
            body["drawer_payload"] = {
                "version": 1,
                "error_code": self.code.upper(),
                "error_message": self.detail,
                **self.drawer,
            }
        return body


class Invalid(BatchTrackError):
    """What was said makes no sense: 422, naming the field."""

    status = 422
    title = "Invalid input"
    code = "invalid"

    @classmethod
    def field(cls, field: str, message: str, **more: Any) -> "Invalid":
        """One wrong field."""
        return cls(message, errors={field: [message]}, **more)


class NotFound(BatchTrackError):
    """It is not there, or not yours: the same answer."""

    status = 404
    title = "Not found"
    code = "not_found"

    @classmethod
    def field(cls, field: str, message: str) -> "NotFound":
        """A reference in a body or query that points nowhere."""
        return cls(message, errors={field: [message]})


class Forbidden(BatchTrackError):
    """You may not."""

    status = 403
    title = "Not allowed"
    code = "forbidden"


class LimitReached(BatchTrackError):
    """The plan does not include it."""

    status = 402
    title = "Plan limit reached"
    code = "upgrade_required"


class Conflict(BatchTrackError):
    """It makes sense, but not in the present state of things."""

    status = 409
    title = "Conflict"
    code = "conflict"


class Unavailable(BatchTrackError):
    """Try again in a moment."""

    status = 503
    title = "Unavailable"
    code = "unavailable"
