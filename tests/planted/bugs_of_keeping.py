"""Bugs of remembering commands, of the chain, of the database's guards, and between tenants."""

from tests.planted.shape import ADJUSTMENT, COMMANDS, POSTGRESQL, PROOF, SQLITE, one

_FORGED = "test_guards.py::TestForging::"

REMEMBERING = (
    one(
        "a refusal is forgotten",
        COMMANDS,
        "        _retrying(partial(_remember, asked, refusal))\n",
        "",
        "test_commands.py::TestRefusals::test_a_refusal_is_remembered_even_when_stock_has_come",
    ),
    one(
        "a key is anybody's",
        COMMANDS,
        "strict_json.canonical([str(actor.person_id), body])",
        "strict_json.canonical([body])",
        "test_commands.py::TestOneKeyOneEffect::test_somebody_elses_key_is_not_mine",
    ),
    one(
        "a key covers any body",
        COMMANDS,
        "if bytes(row.body_hash) != asked.body_hash:",
        "if not row.body_hash:",
        "test_commands.py::TestOneKeyOneEffect::test_the_same_key_for_another_quantity_is_refused",
    ),
    one(
        "a bug is committed half",
        COMMANDS,
        "    except BaseException:\n        db.session.rollback()\n",
        "    except BaseException:\n        db.session.commit()\n",
        "test_commands.py::TestRefusals::test_a_bug_leaves_no_trace_and_frees_the_key",
    ),
)

CHAIN = (
    one(
        "the head is not chained",
        f"{ADJUSTMENT}ledger.py",
        "previous_hash=bytes(head.hash)",
        "previous_hash=bytes(32)",
        "test_fifo.py::TestStoreroom::test_two_lots",
    ),
    one(
        "the hash covers no lots",
        "app/inventory/services/chain.py",
        '"lots": [[plain(row[name]) for name in LOT_FIELDS] for row in lots],',
        '"lots": [],',
        "test_chain.py::test_every_hash_is_what_the_page_says",
    ),
    one(
        "the notes are not sealed",
        f"{ADJUSTMENT}rows.py",
        '"notes_digest": _digest(said),',
        '"notes_digest": None,',
        "test_proof.py::TestTotals::test_every_millionth_is_somewhere",
    ),
    one(
        "the proof does not add up costs",
        f"{PROOF}replay.py",
        '-row["cost"] != lot.piece(-row["quantity"])',
        '-row["cost"] < 0',
        "test_proof.py::TestWrongRules::test_the_wrong_cost",
    ),
    one(
        "the proof looks for earlier lots among the later",
        f"{PROOF}replay.py",
        "other.order < lot.order",
        "other.order > lot.order",
        "test_proof.py::TestWrongRules::test_the_wrong_order",
    ),
)

GUARDS = (
    one(
        "a lot's cost need not add up (SQLite)",
        SQLITE,
        "     AND remaining_cost + new.cost = new.lot_cost_after\n",
        "",
        f"{_FORGED}test_a_movement_that_does_not_add_up",
    ),
    one(
        "a lot's cost need not add up (PostgreSQL)",
        POSTGRESQL,
        "       AND remaining_cost + new.cost = new.lot_cost_after\n",
        "",
        f"{_FORGED}test_a_movement_that_does_not_add_up",
        "postgresql",
    ),
    one(
        "an item's version need not follow (SQLite)",
        SQLITE,
        " AND item_id = new.item_id AND version = new.item_version - 1\n",
        " AND item_id = new.item_id\n",
        f"{_FORGED}test_a_movement_that_does_not_add_up",
    ),
    one(
        "the database lets more be put back than went (SQLite)",
        SQLITE,
        "AND abs(o.quantity) >= (SELECT abs(sum(r.quantity))",
        "AND abs(o.quantity) * 9 >= (SELECT abs(sum(r.quantity))",
        f"{_FORGED}test_a_reversal_of_more_than_is_left",
    ),
    one(
        "the database lets more be put back than went (PostgreSQL)",
        POSTGRESQL,
        "AND abs(o.quantity) >= (SELECT abs(sum(r.quantity))",
        "AND abs(o.quantity) * 9 >= (SELECT abs(sum(r.quantity))",
        f"{_FORGED}test_a_reversal_of_more_than_is_left",
        "postgresql",
    ),
    one(
        "lots are born full (PostgreSQL)",
        POSTGRESQL,
        "  IF new.remaining_quantity <> 0 OR new.remaining_cost",
        "  IF new.remaining_cost",
        f"{_FORGED}test_a_lot_that_is_not_born_empty",
        "postgresql",
    ),
    one(
        "notes can be rewritten (SQLite)",
        SQLITE,
        "      OR new.note IS NOT NULL OR new.recipient IS NOT NULL",
        "      OR new.recipient IS NOT NULL",
        "test_guards.py::TestRewriting::test_notes_can_be_erased_whole",
    ),
    one(
        "movements can be emptied out (PostgreSQL)",
        POSTGRESQL,
        "BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);\n  END LOOP;",
        "BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);\n  END LOOP;\n"
        "  DROP TRIGGER never_truncated ON stock_movements;",
        "test_catalogue.py::test_postgresql_has_the_listed_triggers_and_no_other",
        "postgresql",
    ),
    one(
        "replacing is not deleting (SQLite)",
        "app/platform/database.py",
        '    "recursive_triggers=ON",\n',
        '    "recursive_triggers=OFF",\n',
        "test_guards.py::TestRewriting::test_insert_or_replace_is_no_way_around",
    ),
)

TENANTS = (
    one(
        "lots have no row-level security",
        "migrations/guards.py",
        '        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")\n',
        '        if table != "lots":\n            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")\n',
        "test_tenants.py::TestTenants::test_with_another_organization_bound_no_table_shows_a_row",
        "postgresql",
    ),
    one(
        "whoever may read may do all",
        "migrations/guards.py",
        'op.execute(f"GRANT {rights} ON {table} TO {ROLE}")',
        'op.execute(f"GRANT ALL ON {table} TO {ROLE}")',
        "test_catalogue.py::test_the_applications_role_may_do_what_is_listed_and_nothing_else",
        "postgresql",
    ),
    one(
        "the list lets lots be changed",
        "migrations/guards.py",
        '"lots": "SELECT, INSERT",',
        '"lots": "SELECT, INSERT, UPDATE",',
        "test_catalogue.py::test_the_ledgers_tables_are_read_and_added_to_and_nothing_else",
    ),
    one(
        "the organization stays told after the transaction",
        "app/platform/tenancy.py",
        "SET LOCAL app.organization_id",
        "SET app.organization_id",
        "test_tenants.py::TestTenants::test_an_organization_that_was_bound_does_not_leak_into_the_next_transaction",
        "postgresql",
    ),
    one(
        "the application stays who connected",
        "app/platform/database.py",
        "        if row and row[0]:\n",
        "        if row and not row[0]:\n",
        "test_tenants.py::test_the_application_takes_a_role_that_no_policy_lets_through",
        "postgresql",
    ),
)
