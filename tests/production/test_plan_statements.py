"""How many statements the pages of planning and of recipes take: the same however much there is."""

from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from tests.inventory.desk import Desk, at_desk
from tests.production.test_statements import counted
from tests.recipes.workshop import Workshop, of


def taken(app: Flask, desk: Desk, path: str) -> int:
    """The statements of a page that was opened once before."""
    desk.see(path)
    with counted(app) as sent:
        desk.see(path)
    return len(sent)


def test_pages_take_the_same_statements_however_many_materials(
    app: Flask, shop: Workshop, owner: Actor, organization: OrganizationFacts
) -> None:
    desk = at_desk(owner, organization.slug)
    lengths = []
    for size in (2, 9):
        items = [shop.item(f"Material {size}.{n}", "g") for n in range(size)]
        for item in items:
            shop.receive(item, "10")
            shop.receive(item, "100")
        recipe = shop.recipe(f"Soap {size}", (f"Bar {size}", "1", "each"), *(of(item, "15") for item in items))
        shop.plan(recipe)
        needs = "&".join(f"need={item['id']}:500" for item in items)
        paths = (
            "/batches/plan",
            f"/batches/plan?recipe={recipe['id']}&scale=2",
            f"/recipes/{recipe['id']}",
            "/recipes",
            "/recipes/find?q=mat",
            f"/shortages?{needs}",
        )
        lengths.append([taken(app, desk, path) for path in paths])
    assert lengths[0] == lengths[1]
    assert max(lengths[1]) <= 40
