"""What a proof found, and what the books come to."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be."""

    check: str
    message: str


@dataclass(slots=True)
class Totals:
    """Costs in millionths: in = sold + used + lost + in batches + on the shelf."""

    received: int = 0
    sold: int = 0
    used: int = 0
    lost: int = 0
    in_batches: int = 0
    shelf: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every millionth that came in is somewhere."""
        return self.received == self.sold + self.used + self.lost + self.in_batches + self.shelf


@dataclass(slots=True)
class Proof:
    """The outcome for one organization."""

    postings: int = 0
    movements: int = 0
    totals: Totals = field(default_factory=Totals)
    findings: list[Finding] = field(default_factory=list)
    head: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def find(self, check: str, message: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(check, message))
