"""Reads what a browser calls itself: "Firefox on Linux". A guess for people's eyes; nothing is decided by it."""

_BROWSERS = (  # the first that is found: most of them also claim to be those below
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def named(said: str | None) -> str:
    """Browser and system, as far as they can be told from `User-Agent`."""
    browser = next((name for mark, name in _BROWSERS if mark in (said or "")), None)
    system = next((name for mark, name in _SYSTEMS if mark in (said or "")), None)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "A browser that does not say which"
