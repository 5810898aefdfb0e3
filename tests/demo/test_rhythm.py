"""The demo's rhythm: the same days for any program that follows the rule."""

import hashlib
from fractions import Fraction

from app.demo.services import calendar, rhythm, stage, workshop


def test_chance_follows_the_written_rule() -> None:
    digest = hashlib.sha256(b"juniper-rye|2026|3|JR-SOAP-01").hexdigest()

    assert rhythm.chance(3, "JR-SOAP-01") == Fraction(int(digest[:13], 16), 2**52)


def test_counts_stay_near_their_mean() -> None:
    counts = [rhythm.count(day, Fraction(9, 7), "JR-SOAP-01") for day in range(700)]

    assert min(counts) >= 0
    assert 800 < sum(counts) < 1000


def test_a_week_s_batches_are_due_on_their_days() -> None:
    week = [[due.code for due in calendar.due(day)] for day in range(7)]

    assert week[0] == ["soap-lavender-clay", "candle-juniper-rye-jar"]
    assert week[1] == ["soap-juniper-rye"]
    assert week[4][0] == "shortbread-rye"
    assert week[5] == week[6] == []


def test_the_workshop_has_what_its_file_says() -> None:
    assert len(workshop.materials()) == 59
    assert len(workshop.suppliers()) == 6
    assert len(workshop.recipes()) == 12


def test_a_bar_costs_what_its_readme_says() -> None:
    soaps = [said["output"]["item"] for said in workshop.recipes() if said["kind"] == "soap"]

    assert all(Fraction("1.40") < stage.cost_of(soap) < Fraction("2.40") for soap in soaps)
