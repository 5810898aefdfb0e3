"""How people and workshops may be called: their names stand in mails to strangers, so no name leads anywhere."""

import re
import unicodedata
from typing import Any

from wtforms.validators import StopValidation

from app.platform.form_fields import ReadField

_LEADS = re.compile(r"://|\bwww\.|\S@\S+\.\S|\w\.\w{2,}/", re.IGNORECASE)
"""What a mail program makes a link of: https://x, www.x, ines@x.example, x.example/y."""


class NamedField(ReadField):
    """A name without an address in it. Wide letters count as what they look like: ｗｗｗ．x is one."""

    def __init__(self, label: str, *, need: str, limit: int, **more: Any) -> None:
        super().__init__(label, need=need, limit=limit, **more)

    def read(self, text: str) -> str:
        """The name."""
        if _LEADS.search(unicodedata.normalize("NFKC", text)):
            raise StopValidation("A name, please, without a web or email address in it.")
        return text
