"""The books of the demo workshop are clean, on both databases, through the commands that people type."""

import pytest
from flask import Flask


@pytest.mark.heavy
def test_the_proof_over_the_demo_finds_nothing(fresh_app: Flask) -> None:
    runner = fresh_app.test_cli_runner()

    made = runner.invoke(args=["demo"], catch_exceptions=False)
    assert made.exit_code == 0, made.output

    proof = runner.invoke(args=["ledger", "prove"], catch_exceptions=False)
    assert proof.exit_code == 0, proof.output
