"""The books of the demo workshop are clean, on both databases, through the commands that people type."""

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import FlaskGroup


@pytest.mark.heavy
def test_the_proof_over_the_demo_finds_nothing(fresh_app: Flask) -> None:
    made = typed(fresh_app, "demo")
    proof = typed(fresh_app, "ledger", "prove")

    assert made.exit_code == 0, made.output
    assert proof.exit_code == 0, proof.output
    assert "Juniper" in proof.output


def typed(app: Flask, *words: str) -> Result:
    """What `flask WORDS` does."""
    return CliRunner().invoke(FlaskGroup(create_app=lambda: app), words, catch_exceptions=False)
