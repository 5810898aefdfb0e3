"""Billing at the command line, for whoever holds the machine: what Stripe needs, and asking it now."""

import click
from flask.cli import AppGroup

from app.identity.cli import naming
from app.identity.services import organizations
from app.kernel.errors import BatchTrackError
from app.subscriptions.services import payers, stripe_prices, stripe_sync, tiers

billing = AppGroup("billing", help="Billing with Stripe.")


@billing.command("set-up")
def set_up() -> None:
    """Make the products, prices and portal that Stripe lacks. Safe to repeat; run again after prices changed."""
    try:
        made = list(stripe_prices.set_up())
    except BatchTrackError as error:
        raise click.ClickException(error.detail) from None
    for line in made or ["Everything is there."]:
        click.echo(line)


@billing.command("sync")
@click.option("--org", required=True, help="Name or slug.")
def sync(*, org: str) -> None:
    """Write down how an organization's plan stands at Stripe now."""
    found = naming.one_of(organizations.named(org), org)
    try:
        stripe_sync.sync(found.id)
    except BatchTrackError as error:
        raise click.ClickException(error.detail) from None
    payer = payers.find(found.id)
    click.echo(
        f"{payer.name} ({payer.organization_id}): {tiers.known(payer.tier).title}, {payer.status or 'nothing paid'}"
    )
