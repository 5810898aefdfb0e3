"""TLS to a mail server, for real: who is not who they say gets neither the mail nor the password."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.platform import smtp
from tests.mail_server import Receiver, certificate, receiving

PASSWORD = "me:s%3Acret@"


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server counts as another machine: with our own nothing is encrypted."""
    monkeypatch.setattr(smtp, "_is_here", lambda _host: False)


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's certificate."""
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(params=["smtp", "smtps"])
def receiver(request: pytest.FixtureRequest, pem: Path) -> Iterator[tuple[Receiver, str]]:
    """A mail server with STARTTLS, and one with TLS from the start; with it the address that SMTP_URL says."""
    with receiving(tls=pem, from_the_start=request.param == "smtps") as made:
        yield made, f"{request.param}://{PASSWORD}127.0.0.1:{made.port}"


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, pem: Path) -> None:
    """The server's certificate is one that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))


def letter() -> EmailMessage:
    """Any mail."""
    said = EmailMessage()
    said["From"] = said["To"] = "ines@fernandtallow.example"
    said.set_content("Hello.")
    return said


@pytest.mark.usefixtures("known")
def test_mail_and_password_go_encrypted(receiver: tuple[Receiver, str]) -> None:
    made, url = receiver
    smtp.sender(url, "localhost")(letter())  # the server hears no password, and takes nothing, before TLS
    assert made.users == [(b"me", b"s:cret")]
    assert len(made.taken) == 1


def test_a_server_that_nobody_vouches_for_gets_nothing(receiver: tuple[Receiver, str]) -> None:
    made, url = receiver
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        smtp.sender(url, "localhost")(letter())
    assert (made.users, made.taken) == ([], [])


@pytest.mark.usefixtures("known")
def test_nor_does_one_that_goes_by_another_name(receiver: tuple[Receiver, str]) -> None:
    made, url = receiver
    with pytest.raises(OSError, match=r"CERTIFICATE_VERIFY_FAILED.*localhost"):
        smtp.sender(url.replace("127.0.0.1", "localhost"), "localhost")(letter())
    assert (made.users, made.taken) == ([], [])
