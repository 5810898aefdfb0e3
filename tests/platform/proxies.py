"""The proxy of compose.yaml, in life: its own configuration, in front of gunicorn and what we make of its headers."""

import http.client
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.architecture.rules import ROOT
from tests.servers import ServerMissing, _folder, _free_port, _running

OUTSIDE, TERMINATOR = "127.0.0.2", "127.0.0.3"
"""From where a stranger comes, and from where the one that ends TLS."""

_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::-([^}]*))?\}")
_ROOM = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{}}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {said}
}}
"""
_ENDS_TLS = """
  access_log off;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{behind};
      proxy_bind {own};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto https;
    }}
  }}
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the application takes a request for. `counted`: by which address the proxy counts its connections."""

    address: str
    scheme: str
    host: str
    counted: str | None


def composed(given: Mapping[str, str]) -> dict[str, Any]:
    """compose.yaml as Compose reads it, with these variables set."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8").replace(":?}", "}")
    said = _VARIABLE.sub(lambda at: "$" if at[0] == "$$" else given.get(at[1]) or at[2] or "", text)
    found: dict[str, Any] = yaml.safe_load(said)
    return found


@contextmanager
def served(given: Mapping[str, str]) -> Iterator[int]:
    """Gunicorn behind compose.yaml's proxy, configured with these variables; yields the proxy's port."""
    made = composed(given)
    own, port = _free_port(), _free_port()
    said = made["configs"]["proxy"]["content"]
    said = said.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("http://web:8000", f"http://127.0.0.1:{own}")
    said = said.replace("limit_conn address 40;", "limit_conn address 40; add_header X-Counted $remote_addr;")
    hops = str(made["services"]["web"]["environment"]["TRUSTED_PROXIES"])
    with gunicorn(own, hops), _nginx(port, said):
        yield port


@contextmanager
def ending_tls(behind: int, *more: str) -> Iterator[int]:
    """A proxy that says it ended TLS, before the one at `behind`; before it others, one at each address of `more`."""
    with ExitStack() as stack:
        for own in (TERMINATOR, *more):
            port = _free_port()
            stack.enter_context(_nginx(port, _ENDS_TLS.format(port=port, behind=behind, own=own)))
            behind = port
        yield behind


def ask(port: int, *, come_from: str = OUTSIDE, **headers: str) -> Seen:
    """Come from an address with these headers (`x_forwarded_for="..."`)."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20, source_address=(come_from, 0))
    try:
        line.request(
            "GET", "/", headers={"Host": "shop.example"} | {k.replace("_", "-"): v for k, v in headers.items()}
        )
        answer = line.getresponse()
        return Seen(**json.loads(answer.read()), counted=answer.getheader("X-Counted"))
    finally:
        line.close()


@contextmanager
def gunicorn(port: int, hops: str = "0") -> Iterator[None]:
    """Gunicorn as we configure it, in front of what only says what it sees (echo.py)."""
    with _folder("web") as folder:
        given = {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1", "TRUSTED_PROXIES": hops}
        kept = {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), "tests.platform.echo:app"]
        words = [f"{name}={value}" for name, value in {**given, **kept}.items()]
        with _running(["env", *words, *command], port, folder):
            yield


@contextmanager
def _nginx(port: int, said: str) -> Iterator[None]:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise ServerMissing("nginx is missing: install Debian's nginx-light.")
    with _folder("nginx") as folder:
        user = "user root;" if os.geteuid() == 0 else ""
        text = _ROOM.format(folder=folder, user=user, said=said)
        Path(folder / "nginx.conf").write_text(text, encoding="utf-8")
        with _running([program, "-e", folder / "start.log", "-c", folder / "nginx.conf"], port, folder):
            yield
