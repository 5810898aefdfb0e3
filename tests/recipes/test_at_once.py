"""Two people edit recipes at the same moment."""

from functools import partial

from tests.inventory.storeroom import refused
from tests.recipes.at_once import at_once
from tests.recipes.workshop import Workshop, of

ROUNDS = 4


def test_two_edits_at_once_never_close_a_ring(shop: Workshop) -> None:
    salt = shop.item("Salt", "g")
    for number in range(ROUNDS):
        one = shop.recipe(f"One {number}", (f"Thing one {number}", "1", "each"), of(salt, "1"))
        other = shop.recipe(f"Other {number}", (f"Thing other {number}", "1", "each"), of(salt, "1"))
        answers = at_once(partial(shop.revise, one, of(other, "1")), partial(shop.revise, other, of(one, "1")))
        assert sorted(answer.status_code for answer in answers) == [201, 422]
        refused(max(answers, key=lambda answer: answer.status_code), 422, "recipe_cycle")


def test_four_edits_at_once_never_close_a_ring(shop: Workshop) -> None:
    salt = shop.item("Salt", "g")
    ring = [shop.recipe(f"R{n}", (f"Thing {n}", "1", "each"), of(salt, "1")) for n in range(4)]
    answers = at_once(*(partial(shop.revise, ring[n], of(ring[(n + 1) % 4], "1")) for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 422]


def test_two_new_versions_at_once_are_two_versions(shop: Workshop) -> None:
    salt = shop.item("Salt", "g")
    recipe = shop.recipe("Brine", ("Brine", "1", "l"), of(salt, "1"))
    answers = at_once(*(partial(shop.revise, recipe, of(salt, str(n))) for n in range(2, 6)))
    assert sorted(answer.get_json()["version"] for answer in answers) == [2, 3, 4, 5]
