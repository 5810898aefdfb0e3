"""Identity at the command line, for whoever holds the machine."""

from app.identity.cli import people

GROUPS = people.GROUPS
