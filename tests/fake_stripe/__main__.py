"""`python -m tests.fake_stripe --port 12111 --webhooks http://127.0.0.1:8000/webhooks/stripe`: the fake by itself."""

import argparse
import signal
import sys

from tests.fake_stripe import hooks
from tests.fake_stripe.api import SECRET_KEY
from tests.fake_stripe.server import FakeStripe, serving


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.fake_stripe")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--webhooks", help="where events are posted")
    said = parser.parse_args()
    fake = FakeStripe()
    if said.webhooks:
        fake.posts_to(said.webhooks)
    with serving(fake, said.port) as url:
        sys.stdout.write(f"STRIPE_API_BASE={url} STRIPE_SECRET_KEY={SECRET_KEY} STRIPE_WEBHOOK_SECRET={hooks.SECRET}\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
