"""A workshop as a program sees it: the storeroom, with recipes and batches, each call as the contract names it."""

from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.inventory.storeroom import Body, Storeroom, ok


@dataclass(frozen=True, slots=True)
class Workshop(Storeroom):
    """What must succeed is asserted here; `try_` and `api` are for what may not."""

    def product(self, name: str = "Soap", unit: str = "each", **said: Any) -> Body:
        """Something that is made."""
        return self.item(name, unit, **{"type": "product", **said})

    def recipe(self, name: str, output: tuple[Body | str, str, str], *lines: Body, **said: Any) -> Body:
        """A published recipe; `output` is (item or a new name, quantity, unit)."""
        return ok(self.try_recipe(name, output, *lines, **said), 201)

    def try_recipe(self, name: str, output: tuple[Body | str, str, str], *lines: Body, **said: Any) -> TestResponse:
        """A recipe, or a refusal."""
        body = {"name": name, "output": made(output), "lines": list(lines), **said}
        return self.api.post("/recipes", body)

    def revise(self, recipe: Body, *lines: Body, **said: Any) -> TestResponse:
        """The next version."""
        body = {**({"lines": list(lines)} if lines else {}), **said}
        return self.api.post(f"/recipes/{recipe['id']}/versions", body)

    def explosion(self, recipe: Body, scale: str = "1") -> dict[str, str]:
        """Needed amounts by the item's name."""
        found = ok(self.api.get(f"/recipes/{recipe['id']}/explosion", scale=scale), 200)
        return {line["item"]["name"]: line["needed"] for line in found["lines"]}

    def check_recipe(self, recipe: Body, scale: str = "1") -> Body:
        """Is there enough for it?"""
        return ok(self.api.post("/stock-checks", {"recipe": recipe["id"], "scale": scale}), 200)

    def plan(self, recipe: Body, scale: str = "1", **said: Any) -> Body:
        """A planned batch."""
        return ok(self.api.post("/batches", {"recipe": recipe["id"], "scale": scale, **said}), 201)

    def do(self, batch: Body, what: str, body: Any = None, **query: Any) -> Body:
        """A transition that must succeed."""
        return ok(self.attempt(batch, what, body, **query), 200)

    def attempt(self, batch: Body, what: str, body: Any = None, **query: Any) -> TestResponse:
        """A transition, or a refusal."""
        return self.api.post(f"/batches/{batch['id']}/{what}", body or {}, **query)

    def make(self, recipe: Body, scale: str = "1", **finish: Any) -> Body:
        """Planned, started and finished."""
        batch = self.plan(recipe, scale)
        self.do(batch, "start")
        return self.do(batch, "finish", finish)

    def batch(self, batch: Body) -> Body:
        """The batch as it is now."""
        return ok(self.api.get(f"/batches/{batch['label']}"), 200)


def of(thing: Body, quantity: str, unit: str | None = None, **said: Any) -> Body:
    """A line: so much of an item or a recipe."""
    kind = "recipe" if "prefix" in thing else "item"
    return {kind: thing["id"], "quantity": quantity, **({"unit": unit} if unit else {}), **said}


def made(output: tuple[Body | str, str, str]) -> Body:
    """The output of a recipe."""
    thing, quantity, unit = output
    named = {"name": thing} if isinstance(thing, str) else {"item": thing["id"]}
    return {**named, "quantity": quantity, "unit": unit}
