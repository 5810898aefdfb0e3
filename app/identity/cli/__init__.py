"""Identity at the command line, for whoever holds the machine."""

from app.identity.cli import accounts, audit, developers, people

GROUPS = (*people.GROUPS, *accounts.GROUPS, *audit.GROUPS, *developers.GROUPS)
