"""The authority on what a making needs: a version at a scale, all levels flattened to materials.

Exact: amounts stay fractions through every level, and each material is rounded once, half-even, to a millionth of its
stock unit. A recipe used along several ways is counted once per use and reported once, with its paths.
source: docs/domain/recipes.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from urllib.parse import urlencode
from uuid import UUID

from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.numbers import MICRO
from app.kernel.words import phrase
from app.recipes.services import errors, materials, structure
from app.recipes.services.materials import Material
from app.recipes.services.structure import WHOLE_MAKINGS, Line, Version

MOST_PATHS = 100
"""Of one material. Amounts count every path; only the list of names ends here."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Needed:
    """How much of a material a making takes, in millionths of its stock unit, and through which recipes."""

    material: Material
    quantity: int
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Explosion:
    """What is needed, and which materials' amounts cannot be known, with the error that says why."""

    needs: tuple[Needed, ...]
    unknown: tuple[tuple[Material, Invalid], ...]


def of_version(actor: Actor, version_id: UUID, scale: Fraction) -> tuple[Needed, ...]:
    """What `scale` makings of a version take.

    raises: MissingDensity, MissingUnitMapping, UnknownUnit on `lines.N.unit`; RecipeTooDeep, RecipeCycle;
            Invalid on `scale` where an amount would be too small or too large to keep
    """
    versions, known = read(actor, version_id)
    return strict(versions, version_id, scale, known)


def read(actor: Actor, version_id: UUID) -> tuple[dict[UUID, Version], dict[UUID, Material]]:
    """All that an explosion is made of, in three statements however deep it is."""
    versions = structure.whole(actor, version_id)
    return versions, materials.read(actor, {item_id for version in versions.values() for item_id in version.item_ids})


def strict(
    versions: Mapping[UUID, Version], root: UUID, scale: Fraction, known: Mapping[UUID, Material]
) -> tuple[Needed, ...]:
    """`explode`, refusing as `of_version` does."""
    exploded = explode(versions, root, scale, known)
    if exploded.unknown:
        raise exploded.unknown[0][1]
    return exploded.needs


def explode(versions: Mapping[UUID, Version], root: UUID, scale: Fraction, known: Mapping[UUID, Material]) -> Explosion:
    """Pure: every recipe is visited once, after all that use it, so a diamond costs no more than a line."""
    sums = _Sums(known)
    sums.makings[root] = scale
    sums.paths[root] = [(versions[root].name,)]
    for version in _parents_first(versions, root):
        for line in version.lines:
            sums.add(version, line)
    return Explosion(tuple(sums.needed()), tuple(sums.unknown))


@dataclass(slots=True)
class _Sums:
    """Running totals: makings and paths by version, amounts by item."""

    known: Mapping[UUID, Material]
    makings: dict[UUID, Fraction] = field(default_factory=dict)
    paths: dict[UUID, list[Path]] = field(default_factory=dict)
    amounts: dict[UUID, Fraction] = field(default_factory=dict)
    item_paths: dict[UUID, list[Path]] = field(default_factory=dict)
    unknown: list[tuple[Material, Invalid]] = field(default_factory=list)

    def add(self, version: Version, line: Line) -> None:
        """Add what one line takes."""
        if version.id not in self.makings:
            return  # only reached through something whose amount nobody knows
        try:
            amount = self.makings[version.id] * one_making(line, self.known)
        except Invalid as error:
            self.unknown.append((self.known[_measured_by(line)], asking(error, self.makings[version.id], line)))
            return
        if line.item_id:
            _extend(self.item_paths.setdefault(line.item_id, []), self.paths[version.id])
            self.amounts[line.item_id] = self.amounts.get(line.item_id, Fraction()) + amount
        elif line.used and line.used.version_id:
            below = line.used.version_id
            _extend(self.paths.setdefault(below, []), [(*path, line.used.name) for path in self.paths[version.id]])
            self.makings[below] = self.makings.get(below, Fraction()) + amount

    def needed(self) -> list[Needed]:
        """Each material, rounded once, in the order in which it was met."""
        return [
            Needed(self.known[item_id], _kept(amount, self.known[item_id]), tuple(self.item_paths[item_id]))
            for item_id, amount in self.amounts.items()
        ]


def one_making(line: Line, known: Mapping[UUID, Material]) -> Fraction:
    """What a line takes for one making: the item in its stock unit, or makings of the recipe it uses.

    raises: MissingDensity, MissingUnitMapping, UnknownUnit on the line's unit
    """
    amount, unit_field = Fraction(line.quantity, MICRO), f"{line.field}.unit"
    if line.item_id:
        return known[line.item_id].convert(amount, line.unit, field=unit_field)
    made = line.used and line.used.output
    if not made:
        raise Invalid.field(f"{line.field}.recipe", "That recipe has no published version.")
    if line.unit == WHOLE_MAKINGS:
        return amount
    in_output_unit = known[made.item_id].convert(amount, line.unit, made.unit, field=unit_field)
    return in_output_unit / Fraction(made.quantity, MICRO)


def asking(error: Invalid, makings: Fraction, line: Line) -> Invalid:
    """The same refusal; its drawer says how much is needed."""
    url = (error.drawer or {}).get("modal_url")
    if error.drawer and url:
        need = urlencode({"need": f"{numbers.plain(round(makings * line.quantity))} {line.unit}"})
        error.drawer["modal_url"] = f"{url}{'&' if '?' in url else '?'}{need}"
    return error


def _measured_by(line: Line) -> UUID:
    """The item whose units measure the line."""
    item_id = line.item_id or (line.used and line.used.output and line.used.output.item_id)
    if not item_id:
        raise LookupError(line.field)
    return item_id


def _extend(paths: list[Path], more: list[Path]) -> None:
    paths.extend(path for path in more if path not in paths)
    del paths[MOST_PATHS:]


def _kept(amount: Fraction, material: Material) -> int:
    micro = numbers.to_micro(amount)
    if not 0 < micro <= numbers.TYPED_LIMIT:
        size = "less than a millionth of one" if micro <= 0 else "more than 999,999,999"
        raise Invalid.field(
            "scale",
            phrase(
                "At this scale %(name)s comes to %(size)s %(unit)s.", name=material.name, size=size, unit=material.unit
            ),
        )
    return micro


def _parents_first(versions: Mapping[UUID, Version], root: UUID) -> list[Version]:
    """Every version below `root`, each after all that use it.

    raises: RecipeCycle, RecipeTooDeep
    """
    done: dict[UUID, int] = {}  # levels below, itself counted; in the order in which they were finished

    def visit(version_id: UUID, above: list[UUID]) -> int:
        if version_id in above:
            path = [*above[above.index(version_id) :], version_id]
            raise errors.cycle([versions[step].name for step in path])
        if len(above) >= errors.MOST_LEVELS:
            raise errors.too_deep(len(above) + 1)
        if version_id not in done:
            deepest = max((visit(below, [*above, version_id]) for below in _used_by(versions[version_id])), default=0)
            done[version_id] = deepest + 1
        if len(above) + done[version_id] > errors.MOST_LEVELS:
            raise errors.too_deep(len(above) + done[version_id])
        return done[version_id]

    visit(root, [])
    return [versions[version_id] for version_id in reversed(done)]


def _used_by(version: Version) -> list[UUID]:
    """The last line first, since what is finished last comes first."""
    return [line.used.version_id for line in reversed(version.lines) if line.used and line.used.version_id]
