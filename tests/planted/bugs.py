"""Bugs that were thought of on purpose, each with the tests that kill it. `run.py` puts them in, one at a time."""

from tests.planted.bugs_of_keeping import CHAIN, GUARDS, REMEMBERING, TENANTS
from tests.planted.bugs_of_people import AUDIT, BILLING, DOORS, PEOPLE
from tests.planted.bugs_of_writing import COSTS, EXPIRY_AND_LATE, LOCKS, POSTINGS, QUEUE
from tests.planted.shape import FIFO, one

_LEDGER = (*LOCKS, *QUEUE, *EXPIRY_AND_LATE, *COSTS, *POSTINGS, *REMEMBERING, *CHAIN, *GUARDS, *TENANTS)
BUGS = (*_LEDGER, *DOORS, *PEOPLE, *AUDIT, *BILLING)

CANARY = one(
    "the canary: nothing is ever taken, and no killer but a dead one stays quiet",
    FIFO,
    "        taken = min(lot.takeable, left)\n",
    "        taken = 0 * left\n",
    "test_fifo.py::TestPlan",
)
"""Must be killed by any test of FIFO: if it lives, the runner is asleep."""

HARMLESS = one(
    "the blank: a comment, which must survive",
    FIFO,
    "_WHOLE_QUEUE = 10**30  # more than any balance holds",
    "_WHOLE_QUEUE = 10**30  # more than any shelf holds",
    "test_fifo.py::TestPlan",
)
"""Must survive: if it is killed, killers kill for no reason."""
