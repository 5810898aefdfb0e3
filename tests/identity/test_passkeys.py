"""Passkeys: a good one opens the door without a password; nothing that is not exactly one does."""

import json
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import AuditEvent, Passkey
from app.identity.services import account_security, challenges, passkey_proofs, passkeys, second_factors, sessions
from app.identity.services.account_security import Self
from app.identity.services.passkeys import NotProven
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.platform import commands, site, tenancy
from app.platform.database import db
from app.platform.models import OutgoingMail
from tests import cast
from tests.identity.soft_passkey import ORIGIN, SoftPasskey

PRESENT_ONLY = 0x01
AWAY = "https://evil.example"


@pytest.fixture
def me(owner: Actor, database: Flask) -> Self:
    return self_of(owner)


@pytest.fixture
def phone(me: Self) -> SoftPasskey:
    """A passkey of mine that is registered."""
    return registered(me)


@pytest.fixture(autouse=True)
def _at_home(app: Flask) -> None:
    assert app.config["BASE_URL"] == ORIGIN


def self_of(actor: Actor) -> Self:
    return Self(actor.person_id, actor.person_name, cast.email_of(actor), None)


def registered(me: Self, name: str = "Ines's phone") -> SoftPasskey:
    soft = SoftPasskey()
    offer = offered_new(me)
    add(me, offer.secret, soft.made(offer.options), name)
    return soft


def offered_new(me: Self) -> passkeys.Offer:
    with commands.transaction():
        return passkeys.offer_new(me.person_id, email=me.email, name=me.name)


def add(me: Self, secret: str, credential: str, name: str = "A phone") -> list[str]:
    with commands.transaction():
        challenge = challenges.use(challenges.PASSKEY_NEW, secret)
        return account_security.add_passkey(me, challenge, credential=credential, name=name)


def offered() -> passkeys.Offer:
    with commands.transaction():
        return passkeys.offer(challenges.PASSKEY_SIGN_IN)


def enter(secret: str, credential: str) -> str:
    return passkey_proofs.sign_in(secret=secret, credential=credential, address="192.0.2.1", browser="a test")


def refused(secret: str, credential: str) -> bool:
    with pytest.raises(NotProven):
        enter(secret, credential)
    return True


class TestMakingOne:
    def test_counts_as_a_second_factor_and_brings_recovery_codes(self, me: Self) -> None:
        offer = offered_new(me)
        codes = add(me, offer.secret, SoftPasskey().made(offer.options))

        assert len(codes) == 10
        assert second_factors.has_any(me.person_id)
        assert second_factors.asked_after_password(me.person_id)

    def test_asks_for_a_key_that_checks_its_holder_and_can_be_found_without_a_name(self, me: Self) -> None:
        asked = json.loads(offered_new(me).options)

        assert asked["rp"]["id"] == site.host() == urlsplit(site.origin()).hostname
        assert asked["authenticatorSelection"]["userVerification"] == "required"
        assert asked["authenticatorSelection"]["residentKey"] == "required"
        assert "authenticatorAttachment" not in asked["authenticatorSelection"]

    def test_does_not_ask_a_device_twice(self, me: Self, phone: SoftPasskey) -> None:
        assert len(json.loads(offered_new(me).options)["excludeCredentials"]) == 1

    def test_refuses_one_of_another_site(self, me: Self) -> None:
        offer = offered_new(me)
        with pytest.raises(NotProven):
            add(me, offer.secret, SoftPasskey().made(offer.options, origin=AWAY))

    def test_refuses_one_that_did_not_check_its_holder(self, me: Self) -> None:
        offer = offered_new(me)
        with pytest.raises(NotProven):
            add(me, offer.secret, SoftPasskey().made(offer.options, flags=PRESENT_ONLY))

    def test_refuses_an_answer_to_another_challenge_and_one_sent_before(self, me: Self) -> None:
        first, second = offered_new(me), offered_new(me)
        with pytest.raises(NotProven):
            add(me, second.secret, SoftPasskey().made(first.options))
        add(me, first.secret, SoftPasskey().made(first.options))
        with pytest.raises(NotProven):
            add(me, first.secret, SoftPasskey().made(first.options))

    def test_refuses_a_challenge_of_somebody_else(self, me: Self, stranger: Actor) -> None:
        theirs = offered_new(self_of(stranger))
        with pytest.raises(NotProven):
            add(me, theirs.secret, SoftPasskey().made(theirs.options))

    def test_refuses_one_that_is_known(self, me: Self, stranger: Actor, phone: SoftPasskey) -> None:
        them = self_of(stranger)
        offer = offered_new(them)
        with pytest.raises(Conflict):
            add(them, offer.secret, phone.made(offer.options))

    def test_needs_a_name(self, me: Self) -> None:
        for name in ("", "  ", "a" * 61, "a\x00b"):
            offer = offered_new(me)
            with pytest.raises(Invalid) as error:
                add(me, offer.secret, SoftPasskey().made(offer.options), name)
            assert "name" in error.value.errors

    def test_takes_twenty_and_no_more(self, me: Self) -> None:
        for _ in range(passkeys.MOST):
            registered(me)
        with pytest.raises(Conflict):
            registered(me)


class TestSigningIn:
    def test_a_good_one_opens_a_session_without_a_password(self, me: Self, phone: SoftPasskey) -> None:
        offer = offered()

        found = sessions.find(enter(offer.secret, phone.signed(offer.options)))

        assert found is not None
        assert found.person_id == me.person_id

    def test_the_browser_is_told_nobodys_keys(self, phone: SoftPasskey) -> None:
        assert json.loads(offered().options)["allowCredentials"] == []
        assert json.loads(offered().options)["userVerification"] == "required"

    def test_the_wrong_origin_opens_nothing(self, phone: SoftPasskey) -> None:
        offer = offered()
        assert refused(offer.secret, phone.signed(offer.options, origin=AWAY))

    def test_another_challenge_opens_nothing(self, phone: SoftPasskey) -> None:
        first, second = offered(), offered()
        assert refused(second.secret, phone.signed(first.options))

    def test_a_challenge_counts_once(self, phone: SoftPasskey) -> None:
        offer = offered()
        enter(offer.secret, phone.signed(offer.options))
        assert refused(offer.secret, phone.signed(offer.options))

    def test_a_challenge_is_spent_by_a_refusal_too(self, phone: SoftPasskey) -> None:
        offer = offered()
        assert refused(offer.secret, phone.signed(offer.options, origin=AWAY))
        assert refused(offer.secret, phone.signed(offer.options))

    def test_a_challenge_lasts_five_minutes(self, phone: SoftPasskey) -> None:
        offer = offered()
        with clock.set_to(clock.now() + challenges.LASTS[challenges.PASSKEY_SIGN_IN]):
            assert refused(offer.secret, phone.signed(offer.options))

    def test_a_challenge_for_something_else_opens_nothing(self, me: Self, phone: SoftPasskey) -> None:
        for purpose, person_id in (
            (challenges.PASSKEY_CONFIRM, me.person_id),
            (challenges.PASSKEY_SIGN_IN, me.person_id),  # of the second step: the password comes first there
        ):
            with commands.transaction():
                offer = passkeys.offer(purpose, person_id=person_id)
            assert refused(offer.secret, phone.signed(offer.options))

    def test_a_count_that_does_not_grow_is_a_copy(self, phone: SoftPasskey) -> None:
        for _ in range(2):
            offer = offered()
            enter(offer.secret, phone.signed(offer.options))
        phone.count = 0
        for _ in range(2):  # the count is 1, then 2: both were seen
            offer = offered()
            assert refused(offer.secret, phone.signed(offer.options))
        offer = offered()
        enter(offer.secret, phone.signed(offer.options))

    def test_a_key_that_counts_nothing_is_taken_as_it_is(self, phone: SoftPasskey) -> None:
        for _ in range(2):
            offer = offered()
            phone.count = -1
            enter(offer.secret, phone.signed(offer.options))

    def test_a_removed_one_opens_nothing(self, me: Self, phone: SoftPasskey) -> None:
        passkey_id = db.session.scalars(sa.select(Passkey.id).filter_by(person_id=me.person_id)).one()
        with commands.transaction():
            account_security.remove_passkey(me, passkey_id=passkey_id)
        offer = offered()
        assert refused(offer.secret, phone.signed(offer.options))
        assert not second_factors.has_any(me.person_id)

    def test_one_that_says_it_is_somebody_elses_opens_nothing(self, phone: SoftPasskey, stranger: Actor) -> None:
        for handle in (stranger.person_id.bytes, b""):
            offer = offered()
            assert refused(offer.secret, phone.signed(offer.options, handle=handle))

    def test_one_signed_by_another_key_opens_nothing(self, phone: SoftPasskey) -> None:
        thief = SoftPasskey(id=phone.id, handle=phone.handle, count=phone.count)
        offer = offered()
        assert refused(offer.secret, thief.signed(offer.options))

    def test_one_that_did_not_check_its_holder_opens_nothing(self, phone: SoftPasskey) -> None:
        offer = offered()
        assert refused(offer.secret, phone.signed(offer.options, flags=PRESENT_ONLY))

    @pytest.mark.parametrize(
        "nonsense",
        ["", "null", "[]", "{}", "[" * 9_000, '{"id": 1}', '{"id": "a", "rawId": "a", "response": {}}', "\ud800"],
    )
    def test_nonsense_is_refused_and_nothing_worse(self, phone: SoftPasskey, nonsense: str) -> None:
        assert refused(offered().secret, nonsense)

    def test_a_spoiled_answer_is_refused_and_nothing_worse(self, phone: SoftPasskey) -> None:
        for part in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
            for spoiled in ("", "é", "AAAA", 5, None, "!" * 50):
                offer = offered()
                said = json.loads(phone.signed(offer.options))
                said["response"][part] = spoiled
                if part != "userHandle" or spoiled is not None:
                    assert refused(offer.secret, json.dumps(said))


class TestProvingAgain:
    def test_notes_the_proof_in_the_session(self, me: Self, phone: SoftPasskey) -> None:
        offer = offered()
        session = sessions.find(enter(offer.secret, phone.signed(offer.options)))
        assert session is not None
        with commands.transaction():
            again = passkeys.offer(challenges.PASSKEY_CONFIRM, person_id=me.person_id)
        passkey_proofs.confirm(
            session_id=session.session_id,
            person_id=me.person_id,
            secret=again.secret,
            credential=phone.signed(again.options),
        )
        db.session.expire_all()
        found = db.session.execute(
            sa.text("SELECT count(*) FROM sign_in_sessions WHERE confirmed_at > created_at")
        ).scalar_one()
        assert found >= 1

    def test_another_persons_passkey_proves_nothing(self, me: Self, phone: SoftPasskey, stranger: Actor) -> None:
        theirs = registered(self_of(stranger))
        with commands.transaction():
            offer = passkeys.offer(challenges.PASSKEY_CONFIRM, person_id=me.person_id)
        with pytest.raises(NotProven):
            passkey_proofs.confirm(
                session_id=me.person_id,
                person_id=me.person_id,
                secret=offer.secret,
                credential=theirs.signed(offer.options),
            )

    def test_nobody_proves_with_their_own_passkey_that_they_are_me(self, me: Self, stranger: Actor) -> None:
        them = self_of(stranger)
        theirs = registered(them)
        with commands.transaction():
            offer = passkeys.offer(challenges.PASSKEY_CONFIRM, person_id=them.person_id)
        with pytest.raises(NotProven):
            passkey_proofs.confirm(
                session_id=me.person_id,
                person_id=me.person_id,
                secret=offer.secret,
                credential=theirs.signed(offer.options),
            )


class TestChallenges:
    def test_is_good_for_what_it_was_made_for_alone(self, me: Self) -> None:
        with commands.transaction():
            secret = challenges.begin(challenges.PASSKEY_CONFIRM, person_id=me.person_id, value=b"x")
            others = set(challenges.LASTS) - {challenges.PASSKEY_CONFIRM}
            assert [challenges.use(purpose, secret) for purpose in others] == [None] * 3
            assert challenges.use(challenges.PASSKEY_CONFIRM, secret) is not None

    def test_is_not_there_once_it_is_used(self, me: Self) -> None:
        with commands.transaction():
            secret = challenges.begin(challenges.SECOND_FACTOR, person_id=me.person_id)
            assert challenges.find(challenges.SECOND_FACTOR, secret) is not None
            challenges.use(challenges.SECOND_FACTOR, secret)
            assert challenges.find(challenges.SECOND_FACTOR, secret) is None

    def test_the_row_does_not_hold_the_secret(self, me: Self) -> None:
        with commands.transaction():
            secret = challenges.begin(challenges.SECOND_FACTOR, person_id=me.person_id)
        rows = db.session.execute(sa.text("SELECT token_hash FROM sign_in_challenges")).scalars()
        assert not any(secret.encode() in bytes(row) for row in rows)


class TestKeeping:
    def test_adding_and_removing_are_mailed_and_logged(self, me: Self, owner: Actor, phone: SoftPasskey) -> None:
        passkey_id = db.session.scalars(sa.select(Passkey.id).filter_by(person_id=me.person_id)).one()
        with commands.transaction():
            account_security.remove_passkey(me, passkey_id=passkey_id)

        mails = db.session.scalars(sa.select(OutgoingMail).filter_by(recipient=me.email).order_by(OutgoingMail.id))
        assert [json.loads(mail.context)["title"] for mail in mails] == ["A passkey was added", "A passkey was removed"]
        tenancy.bind(owner.organization_id)
        actions = db.session.scalars(
            sa.select(AuditEvent.action)
            .where(AuditEvent.organization_id == owner.organization_id)
            .order_by(AuditEvent.sequence)
        ).all()
        assert actions[-2:] == ["people.passkey_added", "people.passkey_removed"]

    def test_somebody_elses_cannot_be_removed(self, me: Self, phone: SoftPasskey, stranger: Actor) -> None:
        passkey_id = db.session.scalars(sa.select(Passkey.id).filter_by(person_id=me.person_id)).one()
        them = self_of(stranger)
        with commands.transaction(), pytest.raises(NotFound):
            account_security.remove_passkey(them, passkey_id=passkey_id)

    def test_removing_one_of_two_leaves_the_recovery_codes(self, me: Self, phone: SoftPasskey) -> None:
        registered(me, "Laptop")
        passkey_id = db.session.scalars(sa.select(Passkey.id).filter_by(person_id=me.person_id, name="Laptop")).one()
        with commands.transaction():
            account_security.remove_passkey(me, passkey_id=passkey_id)
        with commands.transaction():
            assert len(account_security.renew_codes(me)) == 10
