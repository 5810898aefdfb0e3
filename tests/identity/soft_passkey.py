"""A passkey made of software: does what a phone does, and what a thief might."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from os import urandom
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

ORIGIN, HOST = "http://localhost:8000", "localhost"
_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40
_ES256 = -7


@dataclass
class SoftPasskey:
    """One credential. `handle` is what it was told of its owner."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: urandom(24))
    handle: bytes = b""
    count: int = 0

    def made(self, options: str, *, origin: str = ORIGIN, flags: int = _PRESENT | _VERIFIED) -> str:
        """The answer to `navigator.credentials.create`."""
        asked = json.loads(options)
        self.handle = _bytes(asked["user"]["id"])
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self._cose()
        about = self._about(flags | _ATTESTED) + attested
        said = {
            "clientDataJSON": _client_data("webauthn.create", asked["challenge"], origin),
            "attestationObject": _text(encode_cbor({"fmt": "none", "attStmt": {}, "authData": about})),
            "transports": ["internal"],
        }
        return self._answer(said)

    def signed(
        self,
        options: str,
        *,
        origin: str = ORIGIN,
        challenge: str | None = None,
        flags: int = _PRESENT | _VERIFIED,
        handle: bytes | None = None,
    ) -> str:
        """The answer to `navigator.credentials.get`; the count grows by one."""
        self.count += 1
        about = self._about(flags)
        client = _client_data("webauthn.get", challenge or json.loads(options)["challenge"], origin)
        signature = self.key.sign(about + hashlib.sha256(_bytes(client)).digest(), ec.ECDSA(SHA256()))
        said = {
            "clientDataJSON": client,
            "authenticatorData": _text(about),
            "signature": _text(signature),
            "userHandle": _text(self.handle if handle is None else handle),
        }
        return self._answer(said)

    def _answer(self, said: dict[str, Any]) -> str:
        return json.dumps({"id": _text(self.id), "rawId": _text(self.id), "type": "public-key", "response": said})

    def _about(self, flags: int) -> bytes:
        return hashlib.sha256(HOST.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _cose(self) -> bytes:
        point = self.key.public_key().public_numbers()
        return encode_cbor({1: 2, 3: _ES256, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})


def _client_data(kind: str, challenge: str, origin: str) -> str:
    return _text(json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode())


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")
