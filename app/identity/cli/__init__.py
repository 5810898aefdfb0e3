"""Identity at the command line, for whoever holds the machine."""

from app.identity.cli import audit, developers, people

GROUPS = (*people.GROUPS, *audit.GROUPS, *developers.GROUPS)
