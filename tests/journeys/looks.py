"""The four looks of a journey: phone and desk, light and dark.

Each look has one database, so that both are tried without trying everything twice.
"""

import pytest

LOOKS = pytest.mark.parametrize(
    ("dialect", "width", "theme"),
    [
        pytest.param("sqlite", 390, "light", id="sqlite-390-light"),
        pytest.param("postgresql", 390, "dark", id="postgresql-390-dark"),
        pytest.param("postgresql", 1280, "light", id="postgresql-1280-light"),
        pytest.param("sqlite", 1280, "dark", id="sqlite-1280-dark"),
    ],
    scope="session",
)
"""Above a test that takes `width` and `theme`, and builds on `dialect`."""

TWO_LOOKS = pytest.mark.parametrize(
    ("dialect", "width", "theme"),
    [
        pytest.param("sqlite", 1280, "light", id="sqlite-1280-light"),
        pytest.param("postgresql", 390, "dark", id="postgresql-390-dark"),
    ],
    scope="session",
)
"""The same for a way that few walk."""
