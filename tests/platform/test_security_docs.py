"""docs/security.md names where each thing is tried: those tests are there; operations.md names what is read."""

import re

from app.platform.config import Config
from tests.architecture.rules import ROOT

TESTS = ROOT / "tests"


def test_each_test_that_the_threat_model_names_is_there() -> None:
    said = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/*]*test_[\w*]+\.py)`", said))
    assert len(named) > 20
    assert {each for each in named if not any(TESTS.rglob(each))} == set()


def test_operations_names_only_variables_that_are_read() -> None:
    said = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    read = set(re.findall(r"[A-Z][A-Z_]{5,}", Config.from_environment.__doc__ or ""))
    named = set(re.findall(r"`([A-Z][A-Z_]{5,})`", said))
    composed = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    assert named <= read | composed | {"DATA_DIR", "SSL_CERT_FILE"}  # the last is OpenSSL's: test_mail_tls.py
    assert {"SMTP_URL", "MAIL_FROM", "BASE_URL", "LOG_LEVEL"} <= named
