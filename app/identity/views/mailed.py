"""Pages around mails that hold a link: "check your mail", and what is said when a link opens nothing."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

_GONE = 410


def check_your_mail(email: str, *, again: str) -> ResponseReturnValue:
    """The same for every email. Where nothing is mailed yet, where the letter is."""
    sends = current_app.config["SMTP_URL"] is not None
    return render_template("identity/check_your_mail.html", email=email, again=again, sends=sends)


def useless(*, again: str, again_label: str) -> ResponseReturnValue:
    """Used, too old, or never was; and the way to a new one."""
    return render_template("identity/useless_link.html", again=again, again_label=again_label), _GONE
