"""A smaller plan puts aside what does not fit, as the owner chose; a larger one brings it back; nothing is lost."""

import json
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from app.catalog.services import items
from app.catalog.services.items import NewItem
from app.identity.models import AuditEvent, Membership
from app.identity.services import members
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.kernel import clock
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.kernel.permissions import Permission
from app.platform import commands, tenancy
from app.platform.database import db
from app.recipes.services import versions
from app.recipes.services.versions import Making
from app.subscriptions.services import asides, counted, downgrade
from app.subscriptions.services.counted import Thing
from app.subscriptions.services.tiers import Limit
from tests import cast
from tests.inventory.desk import at_desk
from tests.inventory.storeroom import Body

_T = TypeVar("_T")


@pytest.fixture
def house(app: Flask) -> "House":
    return House(app, cast.make_organization(tier="team"))


class House:
    """An organization on Team, spoken to through the services."""

    def __init__(self, app: Flask, facts: OrganizationFacts) -> None:
        self.app, self.facts = app, facts
        self.pays("active", "team")
        self.owner = cast.owner_of(facts)

    def pays(self, status: str, tier: str = "team", **more: object) -> None:
        cast.pays(self.facts, status=status, tier=tier, **more)

    def do(self, act: Callable[[], _T]) -> _T:
        with self.app.app_context(), commands.transaction():
            tenancy.bind(self.facts.id)
            return act()

    def product(self, name: str) -> UUID:
        return self.do(lambda: items.create(self.owner, NewItem(name=name, type="product", unit="each")).id)

    def recipe(self, name: str) -> UUID:
        self.do(lambda: versions.create(self.owner, name=name, making=Making(), draft=True))
        return self.active(Limit.RECIPES)[name]

    def change(self, code: str, **said: Any) -> None:
        self.do(lambda: items.change(self.owner, items.find(self.owner, code), said))

    def active(self, limit: Limit) -> dict[str, UUID]:
        shelf = counted.shelves()[limit]
        return self.do(lambda: {thing.name: thing.id for thing in shelf.active(self.owner)})

    def people(self) -> set[UUID]:
        """Names are not unique."""
        return self.do(lambda: {thing.id for thing in counted.shelves()[Limit.USERS].active(self.owner)})

    def waiting(self) -> dict[Limit, list[str]]:
        return self.do(lambda: asides.waiting(self.owner))

    def keep(self, *kept: UUID, tier: str = "free") -> None:
        self.do(lambda: downgrade.keep(self.owner, tier, kept))

    def events(self) -> list[tuple[str, str | None]]:
        query = sa.select(AuditEvent.action, AuditEvent.after).order_by(AuditEvent.sequence)
        return self.do(lambda: [(row.action, row.after) for row in db.session.execute(query)])


class TestWhoStays:
    THINGS = tuple(Thing(UUID(int=number), f"Thing {number}") for number in range(4))

    def test_the_first_ones_where_nobody_chose(self) -> None:
        assert asides.stay(self.THINGS, frozenset(), 2) == list(self.THINGS[:2])

    def test_what_was_chosen_then_the_first_of_the_others(self) -> None:
        chosen = frozenset({UUID(int=3)})
        assert [thing.id.int for thing in asides.stay(self.THINGS, chosen, 2)] == [3, 0]

    def test_whoever_must_stay_even_beyond_what_is_allowed(self) -> None:
        owners = [Thing(UUID(int=number), "Owner", stays=True) for number in (8, 9)]
        assert asides.stay([*self.THINGS, *owners], frozenset({UUID(int=0)}), 1) == owners


class TestGoingDown:
    def test_the_choice_stays_and_the_rest_is_put_aside(self, house: House) -> None:
        made = {f"Soap {number}": house.product(f"Soap {number}") for number in range(7)}
        kept = [made[f"Soap {number}"] for number in (0, 2, 4, 5, 6)]
        house.keep(*kept)
        house.pays("canceled", then_free=True)
        assert set(house.active(Limit.PRODUCTS).values()) == set(kept)
        assert house.waiting() == {Limit.PRODUCTS: ["Soap 1", "Soap 3"]}

    def test_without_a_choice_the_newest_stay(self, house: House) -> None:
        for number in range(12):
            house.recipe(f"Recipe {number}")
        house.pays("canceled", then_free=True)
        assert list(house.active(Limit.RECIPES)) == [f"Recipe {number}" for number in range(11, 1, -1)]
        assert house.waiting() == {Limit.RECIPES: ["Recipe 0", "Recipe 1"]}

    def test_it_is_in_the_audit_log_by_id(self, house: House) -> None:
        made = [house.product(f"Soap {number}") for number in range(6)]
        house.keep(*made[1:])
        house.pays("canceled", then_free=True)
        put = [after for action, after in house.events() if action == "plan.put_aside"]
        assert len(put) == 1
        assert str(made[0]) in (put[0] or "")
        assert "Soap" not in (put[0] or "")

    def test_so_is_the_choice_with_the_one_before(self, house: House) -> None:
        made = [house.product(f"Soap {number}") for number in range(6)]
        house.keep(*made[1:])
        house.keep(*made[:5])
        said = [json.loads(after or "") for action, after in house.events() if action == "plan.keeps_chosen"]
        assert said == [{"tier": "free", "ids": sorted(map(str, kept))} for kept in (made[1:], made[:5])]

    def test_a_plan_that_only_lapsed_puts_nothing_aside(self, house: House) -> None:
        for number in range(6):
            house.product(f"Soap {number}")
        house.pays("unpaid")
        assert len(house.active(Limit.PRODUCTS)) == 6

    def test_more_than_fit_are_refused_by_name_of_the_limit(self, house: House) -> None:
        made = [house.product(f"Soap {number}") for number in range(6)]
        with pytest.raises(Invalid) as refusal:
            house.keep(*made)
        assert refusal.value.errors == {"products": ["Free has room for 5 products: you chose 6."]}

    @pytest.mark.parametrize("tier", ["exempt", "a plan of tomorrow"])
    def test_only_plans_that_people_can_choose(self, house: House, tier: str) -> None:
        with pytest.raises(Invalid):
            house.keep(tier=tier)

    def test_only_who_pays_chooses(self, house: House) -> None:
        maker = cast.actor_of(house.facts, Role.MAKER)
        with pytest.raises(Forbidden):
            house.do(lambda: downgrade.keep(maker, "free", []))
        with pytest.raises(Forbidden):
            house.do(lambda: downgrade.continue_on_free(maker))

    def test_what_fits_is_no_excess_and_batches_never_are(self, house: House) -> None:
        house.product("Soap")
        assert house.do(lambda: downgrade.fits(house.facts.id, "free")) == []
        for number in range(5):
            house.product(f"Soap {number}")
        found = house.do(lambda: downgrade.fits(house.facts.id, "free"))
        assert [(each.words, each.allowed, len(each.things)) for each in found] == [("products", 5, 6)]
        assert house.do(lambda: downgrade.fits(house.facts.id, "solo")) == []


class TestPeople:
    def test_the_owner_stays_others_lose_their_place_until_it_comes_back(self, house: House) -> None:
        maker = cast.actor_of(house.facts, Role.MAKER)
        browser = cast.signed_in(maker)
        today = f"/o/{house.facts.slug}/"
        assert browser.get(today).status_code == 200
        house.pays("canceled", then_free=True)
        assert list(house.active(Limit.USERS).values()) == [house.owner.person_id]
        assert browser.get(today).status_code == 404
        house.pays("active", "team")
        assert browser.get(today).status_code == 200

    def test_another_can_be_chosen_where_there_is_room(self, house: House) -> None:
        house.pays("active", "enterprise")
        people = [cast.actor_of(house.facts, Role.MAKER).person_id for _ in range(11)]
        house.keep(*people[2:], tier="team")
        house.pays("active", "team")
        shelf = counted.shelves()[Limit.USERS]
        active = house.do(lambda: {thing.id for thing in shelf.active(house.owner)})
        assert active == {house.owner.person_id, *people[2:]}

    def test_whoever_was_let_go_by_hand_stays_away(self, house: House) -> None:
        gone, back = (cast.actor_of(house.facts, Role.MAKER).person_id for _ in range(2))
        house.pays("canceled", then_free=True)
        house.do(lambda: db.session.execute(_touch(gone)))
        house.pays("active", "team")
        assert set(house.active(Limit.USERS).values()) == {house.owner.person_id, back}

    def test_only_who_manages_people_chooses_among_them(self, house: House) -> None:
        house.pays("active", "enterprise")
        first = [cast.actor_of(house.facts, Role.MAKER).person_id for _ in range(10)]
        role = cast.own_role(house.facts, [Permission.CATALOG_VIEW, Permission.BILLING_MANAGE], "Bookkeeper")
        keeper = cast.actor_of(house.facts, role)
        soaps = [house.product(f"Soap {number}") for number in range(101)]

        house.keep(*first[1:], tier="team")
        house.do(lambda: downgrade.keep(keeper, "team", [keeper.person_id, *soaps[:100]]))
        house.pays("active", "team")
        assert house.people() == {house.owner.person_id, *first[1:]}  # as the owner chose
        assert set(house.active(Limit.PRODUCTS).values()) == set(soaps[:100])

    def test_where_nobody_who_may_chose_those_stay_who_are_there_longest(self, house: House) -> None:
        house.pays("active", "enterprise")
        first = [cast.actor_of(house.facts, Role.MAKER).person_id for _ in range(10)]
        keeper = cast.actor_of(house.facts, cast.own_role(house.facts, [Permission.BILLING_MANAGE], "Bookkeeper"))
        house.do(lambda: downgrade.keep(keeper, "team", [keeper.person_id]))
        house.pays("active", "team")
        assert house.people() == {house.owner.person_id, *first[:9]}

    def test_the_page_shows_people_to_those_who_manage_them(self, house: House) -> None:
        keeper = cast.actor_of(house.facts, cast.own_role(house.facts, [Permission.BILLING_MANAGE], "Bookkeeper"))
        url = f"/o/{house.facts.slug}/plans/free/keep"
        for actor, ticks in ((house.owner, True), (keeper, False)):
            page = cast.signed_in(actor).get(url).text
            assert (f'value="{keeper.person_id}"' in page) is ticks
            assert "1 people" in page

    def test_of_a_lapsed_house_the_owner_still_chooses(self, house: House) -> None:
        """What the plan took away is no reason to let others decide about people."""
        last = [cast.actor_of(house.facts, Role.MAKER).person_id for _ in range(2)][-1]
        house.pays("unpaid")
        owner = cast.owner_of(house.facts)
        page = cast.signed_in(owner).get(f"/o/{house.facts.slug}/plans/free/keep").text
        assert f'value="{last}"' in page


class TestPeoplePutAside:
    def test_can_be_let_go_and_do_not_come_back(self, house: House) -> None:
        gone = cast.actor_of(house.facts, Role.MAKER)
        program, back = cast.api(gone), cast.actor_of(house.facts, Role.MAKER)
        house.pays("canceled", then_free=True)
        desk = at_desk(cast.owner_of(house.facts), house.facts.slug)
        assert "comes back with a larger plan" in desk.see("/settings/people")
        assert "Let go" in desk.see(f"/settings/people/{gone.person_id}")
        desk.done(f"/settings/people/{gone.person_id}/deactivate")
        assert desk.see("/settings/people").count("comes back with a larger plan") == 1
        house.pays("active", "team")
        assert set(house.active(Limit.USERS).values()) == {house.owner.person_id, back.person_id}
        assert program.get("/me").status_code == 401
        said = [after for action, after in house.events() if action == "members.deactivated"]
        assert [json.loads(after or "") for after in said] == [{"tokens_revoked": 1}]
        with pytest.raises(NotFound):
            house.do(lambda: members.deactivate(house.owner, person_id=gone.person_id))

    def test_at_the_very_moment_too(self, house: House) -> None:
        """The mark of being put aside is a moment; letting go leaves another, however fast."""
        with clock.set_to(clock.now()):
            gone = cast.actor_of(house.facts, Role.MAKER)
            house.pays("canceled", then_free=True)
            house.do(lambda: members.deactivate(house.owner, person_id=gone.person_id))
            house.pays("active", "team")
        assert set(house.active(Limit.USERS).values()) == {house.owner.person_id}

    def test_are_owners_too_but_for_the_first(self, house: House) -> None:
        """Else whoever is made an owner in time passes every limit."""
        for _ in range(3):
            cast.actor_of(house.facts, Role.OWNER)
        (excess,) = house.do(lambda: downgrade.fits(house.facts.id, "free"))
        assert [thing.stays for thing in excess.things] == [True, False, False, False]
        house.pays("canceled", then_free=True)
        assert list(house.active(Limit.USERS).values()) == [house.owner.person_id]


def _touch(person_id: UUID) -> sa.Update:
    return sa.update(Membership).where(Membership.person_id == person_id).values(deactivated_at=clock.now())


class TestComingBack:
    def test_all_of_it_where_there_is_room(self, house: House) -> None:
        for number in range(7):
            house.product(f"Soap {number}")
        house.pays("canceled", then_free=True)
        house.pays("active", "team", then_free=False)
        assert len(house.active(Limit.PRODUCTS)) == 7
        assert house.waiting() == {}
        assert "plan.brought_back" in [action for action, _ in house.events()]

    def test_so_many_as_there_is_room_for(self, house: House) -> None:
        for number in range(60):
            house.recipe(f"Recipe {number}")
        house.pays("canceled", then_free=True)
        house.pays("active", "solo", then_free=False)
        assert len(house.active(Limit.RECIPES)) == 50
        assert len(house.waiting()[Limit.RECIPES]) == 10
        house.pays("active", "team")
        assert len(house.active(Limit.RECIPES)) == 60

    def test_one_whose_name_was_taken_stays_and_the_page_says_so(self, house: House) -> None:
        for number in range(6):
            house.product(f"Soap {number}")
        house.pays("canceled", then_free=True)
        house.change("soap-5", archived=True)
        house.product("Soap 0")
        house.pays("active", "team", then_free=False)
        assert house.waiting() == {Limit.PRODUCTS: ["Soap 0"]}
        page = cast.signed_in(house.owner).get(f"/o/{house.facts.slug}/plans").text
        assert "Put aside" in page
        assert "Soap 0" in page

    def test_what_was_brought_back_and_archived_by_hand_is_left_alone(self, house: House) -> None:
        for number in range(6):
            house.product(f"Soap {number}")
        house.pays("canceled", then_free=True)
        house.change("soap-5", archived=True)
        house.change("soap-0", archived=False)
        house.change("soap-0", archived=True)
        house.pays("active", "team", then_free=False)
        assert "Soap 0" not in house.active(Limit.PRODUCTS)
        assert "Soap 5" not in house.active(Limit.PRODUCTS)
        assert house.waiting() == {}

    def test_down_and_up_twice_loses_nothing(self, house: House) -> None:
        for number in range(8):
            house.product(f"Soap {number}")
        for _ in range(2):
            house.pays("canceled", then_free=True)
            assert len(house.active(Limit.PRODUCTS)) == 5
            house.pays("active", "team", then_free=False)
            assert len(house.active(Limit.PRODUCTS)) == 8


class TestGoingOnWithFree:
    def test_a_lapsed_house_chooses_what_stays_and_can_write_again(self, house: House) -> None:
        made = [house.product(f"Soap {number}") for number in range(6)]
        house.pays("unpaid")
        browser = cast.signed_in(house.owner)
        slug = house.facts.slug
        assert browser.post(f"/o/{slug}/items/new", data=oil()).status_code == 402
        page = browser.get(f"/o/{slug}/plans/free/keep")
        assert page.status_code == 200
        kept = [str(each) for each in made[1:]]
        look = browser.post(f"/o/{slug}/plans/free/keep", data={"keep": kept, "then": "look", "command_key": "k0"})
        assert "Soap 0" in look.text.partition('id="will"')[2]
        answer = browser.post(f"/o/{slug}/plans/free/keep", data={"keep": kept, "command_key": "k1"})
        assert answer.status_code == 303, answer.text
        assert set(house.active(Limit.PRODUCTS).values()) == set(made[1:])
        assert browser.post(f"/o/{slug}/items/new", data=oil()).status_code == 303

    def test_where_nothing_was_paid_there_is_nothing_to_end(self, app: Flask) -> None:
        house = House(app, cast.make_organization(tier="exempt"))
        other = cast.make_organization(tier="exempt")
        owner = cast.owner_of(other)
        with pytest.raises(Conflict, match="Nothing is paid"):
            house.do(lambda: downgrade.continue_on_free(owner))

    def test_too_many_are_said_on_the_page_and_the_ticks_stay(self, house: House) -> None:
        made = [str(house.product(f"Soap {number}")) for number in range(6)]
        house.pays("unpaid")
        body = {"keep": made, "command_key": "k"}
        answer = cast.signed_in(house.owner).post(f"/o/{house.facts.slug}/plans/free/keep", data=body)
        assert answer.status_code == 422
        assert "you chose 6" in answer.text
        assert answer.text.count("checked") == 6

    @pytest.mark.parametrize("tier", ["exempt", "nonsense"])
    def test_no_page_for_a_plan_that_cannot_be_chosen(self, house: House, tier: str) -> None:
        assert cast.signed_in(house.owner).get(f"/o/{house.facts.slug}/plans/{tier}/keep").status_code == 404


def oil() -> Body:
    return {"name": "Olive oil", "type": "ingredient", "unit": "g", "tracked": "y", "command_key": "oil"}
