"""In which language and locale a page speaks: chosen here once a request, and every text looked up here.

English stands in the code and is the key of the catalogue, app/translations/<language>/LC_MESSAGES/messages.po.
Templates say `_("...")` and `{% trans %}`; Python's own constants (errors, labels of forms and ways) are looked up
where they are drawn, by the filter `said`.
"""

from typing import Any

from babel import Locale
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale, gettext, ngettext, refresh

from app.kernel.words import Phrase

DEFAULT = "en_US"
LOCALES = {
    "en_US": "English (United States)",
    "en_GB": "English (United Kingdom)",
    "de_DE": "Deutsch (Deutschland)",
    "es_ES": "Español (España)",
}
"""What people may choose: the locale, in its own words. Its language is the folder of its catalogue."""

babel = Babel()


def init_app(app: Flask) -> None:
    """Give `_`, `{% trans %}` and `said` to the templates of `app`, and `language` and `locale_name` to pages."""
    babel.init_app(app, default_locale=DEFAULT, locale_selector=_chosen)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.add_template_filter(said)
    app.add_template_global(language)


def locale() -> Locale:
    """How numbers, money and dates are written now. Outside a request: as in the United States."""
    return get_locale() or Locale.parse(DEFAULT)


def speak_anew() -> None:
    """Choose again: it has just become known who reads."""
    refresh()


def language() -> str:
    """For `<html lang>`: en-US, de-DE."""
    return str(locale()).replace("_", "-")


def said(text: Any) -> str:
    """A text of ours in the reader's language; what is not in the catalogue stays as it is."""
    if isinstance(text, Phrase):
        values = {name: said(value) if isinstance(value, Phrase) else value for name, value in text.values.items()}
        if text.plural is not None:
            return str(ngettext(text.msgid, text.plural, **values))
        return str(gettext(text.msgid, **values))
    return str(gettext(text)) if isinstance(text, str) and text else str(text or "")


def _chosen() -> str:
    """The person's own, else her organization's, else what the browser asks for."""
    chosen = g.get("locale") or getattr(g.get("organization"), "locale", None)
    if chosen:
        return str(chosen)
    if not has_request_context():
        return DEFAULT
    best = request.accept_languages.best_match([name.replace("_", "-") for name in LOCALES])
    return best.replace("-", "_") if best else DEFAULT
