"""What `--org` means at the command line, in every area: a name or a slug; said wrong, the command ends with code 2."""

import click

from app.identity.services import organizations
from app.identity.services.organizations import OrganizationFacts


def all_of(said: str | None) -> list[OrganizationFacts]:
    """Every organization of this name or slug; left out, every organization there is.

    raises: BadParameter when there is none of this name
    """
    found = organizations.named(said) if said else organizations.everyone()
    if said and not found:
        raise click.BadParameter("There is no organization of this name.", param_hint="--org")
    return found


def one_of(found: list[OrganizationFacts], said: str | None) -> OrganizationFacts:
    """The only one of `found`, which `said` named.

    raises: BadParameter when there is none, or several
    """
    if not found:
        raise click.BadParameter(f"There is no organization {said!r} here.", param_hint="--org")
    if len(found) > 1:
        slugs = ", ".join(place.slug for place in found)
        raise click.BadParameter(f"Say which one: {slugs}", param_hint="--org")
    return found[0]
