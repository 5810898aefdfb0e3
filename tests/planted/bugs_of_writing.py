"""Bugs of locking, choosing lots, dates, costs and posting."""

from tests.planted.shape import ADJUSTMENT, COMMANDS, EXPIRATION, FIFO, SQLITE, Bug, one

_LOCK = (
    "_LOCK_ITEMS = Prepared(_ITEMS.with_for_update(of=[StockBalance, Item], key_share=True))",
    "_LOCK_ITEMS = Prepared(_ITEMS)",
)
_AFRESH = "test_races.py::test_who_waited_for_the_shelf_reads_it_afresh"
_PAGES = "test_fifo.py::TestStoreroom::test_more_lots_than_one_page_are_all_found_in_order"
_QUEUES = "test_fifo.py::TestStoreroom::test_other_organizations_lots_are_in_no_queue"
_MACHINE = "test_machine.py::test_every_life_of_a_storeroom_goes_as_the_model_says"

LOCKS = (
    one("the items are not locked", f"{ADJUSTMENT}ledger.py", *_LOCK, _AFRESH, "postgresql"),
    one(
        "the balances are locked and the items' own rows are not",
        f"{ADJUSTMENT}ledger.py",
        "with_for_update(of=[StockBalance, Item], key_share=True)",
        "with_for_update(of=StockBalance, key_share=True)",
        "inventory/test_races_items.py::test_a_unit_never_changes_under_a_receipt",
        "postgresql",
    ),
    Bug(
        "the lots are read before the lock is had",
        (
            (
                f"{ADJUSTMENT}issues.py",
                "    item = ledger.lock_items(actor, [said.item_id], dry_run=dry_run)[said.item_id]\n",
                "    item = ledger.lock_items(actor, [said.item_id], dry_run=True)[said.item_id]\n",
            ),
            (
                f"{ADJUSTMENT}issues.py",
                "    return ledger.post(actor, draft, dry_run=dry_run)\n",
                "    ledger.lock_items(actor, [item.id])\n    return ledger.post(actor, draft, dry_run=dry_run)\n",
            ),
        ),
        _AFRESH,
        "postgresql",
    ),
    one(
        "a deadlock is not tried again",
        COMMANDS,
        '_RETRIED_STATES = {"40001", "40P01", "55P03"}',
        '_RETRIED_STATES = {"40001", "55P03"}',
        "test_trying_again.py::TestTryingAgain::test_two_that_lock_crosswise_both_come_through",
        "postgresql",
    ),
    one(
        "a busy database is asked for ever",
        COMMANDS,
        "ATTEMPTS = 4",
        "ATTEMPTS = 40",
        "test_trying_again.py::TestTryingAgain::test_after_four_attempts_the_books_are_busy",
        "postgresql",
    ),
)

QUEUE = (
    one(
        "the newest lot goes first",
        FIFO,
        "sorted(lots, key=lambda lot: lot.order)",
        "sorted(lots, key=lambda lot: lot.order, reverse=True)",
        "test_fifo.py::TestStoreroom::test_two_lots",
    ),
    one(
        "a day's lots have no order",
        FIFO,
        "return (self.received_on, self.sequence, self.line)",
        "return (self.received_on, 0, 0)",
        "test_fifo.py::TestPlan::test_of_the_same_day_the_earlier_posting_comes_first",
    ),
    one(
        "a posting's lots have no order",
        FIFO,
        "return (self.received_on, self.sequence, self.line)",
        "return (self.received_on, self.sequence, 0)",
        "test_fifo.py::TestPlan::test_of_the_same_posting_the_earlier_line_comes_first",
    ),
    one(
        "only the first page of lots is read",
        FIFO,
        "waiting = [i for i in waiting if found[i] == limit and _held(queues[i]) < needs[i]]",
        "waiting = []",
        _PAGES,
    ),
    one("the last lot of a page is read twice", FIFO, "else place > after", "else place >= after", _PAGES),
    one(
        "pages are cut from the wrong end",
        FIFO,
        "        .order_by(Lot.received_on, Lot.sequence, Lot.line)\n",
        "        .order_by(Lot.received_on, Lot.sequence.desc(), Lot.line)\n",
        _PAGES,
    ),
    one(
        "lots on hold are used",
        FIFO,
        "Takes.USABLE: sa.and_(sa.not_(_HELD), expiration.good_on(on)),",
        "Takes.USABLE: expiration.good_on(on),",
        "test_fifo.py::TestStoreroom::test_what_is_held_is_passed_over_and_named_in_the_refusal",
    ),
    one(
        "naming a lot frees it from its hold",
        FIFO,
        "Takes.USABLE: good and not lot.on_hold,",
        "Takes.USABLE: good,",
        "test_fifo.py::TestStoreroom::test_naming_a_held_lot_does_not_free_it",
    ),
    one(
        "a named lot spills over into the next",
        FIFO,
        "    usable = [named] if _may_take(named, takes, on) else []\n",
        "    usable = _read_queues(actor, {named.item_id: needed}, takes=takes, on=on)[named.item_id]\n",
        "test_fifo.py::TestStoreroom::test_a_named_lot_never_spills_over",
    ),
    one(
        "a pinned lot is not marked",
        FIFO,
        "pinned = bool(first) and first[0].id != lot_id",
        "pinned = False",
        "test_fifo.py::TestStoreroom::test_a_named_lot_never_spills_over",
    ),
    one(
        "the queue of every organization",
        FIFO,
        '.where(Lot.organization_id == sa.bindparam("o"), Lot.item_id == sa.bindparam(f"i{n}"))',
        '.where(sa.bindparam("o").is_not(None), Lot.item_id == sa.bindparam(f"i{n}"))',
        _QUEUES,
    ),
    one(
        "a lot of any organization by its id",
        FIFO,
        '    Lot.organization_id == sa.bindparam("o"), Lot.id.in_(',
        "    Lot.id.in_(",
        _QUEUES,
    ),
)

EXPIRY_AND_LATE = (
    one(
        "the last good day is lost",
        EXPIRATION,
        "on <= expires_on",
        "on < expires_on",
        "test_expiration.py::TestRules::test_a_lot_is_good_through_its_day",
    ),
    one(
        "the last good day is lost in SQL",
        EXPIRATION,
        "Lot.expires_on >= on",
        "Lot.expires_on > on",
        "test_expiration.py::TestStoreroom::test_a_lot_can_be_used_on_its_last_day_and_not_the_day_after",
    ),
    one(
        "shelf life begins the day before",
        EXPIRATION,
        "timedelta(days=min(shelf_life_days, days_left))",
        "timedelta(days=min(shelf_life_days, days_left) - 1)",
        "test_expiration.py::TestStoreroom::test_shelf_life_is_counted_from_the_day_it_came_in",
    ),
    one(
        "today is Greenwich's",
        f"{ADJUSTMENT}draft.py",
        "clock.local_date(clock.now(), actor.zone)",
        'clock.local_date(clock.now(), "UTC")',
        "test_expiration.py::TestStoreroom::test_the_day_is_the_workshops_own",
    ),
    one(
        "a late use takes what was needed since",
        f"{ADJUSTMENT}issues.py",
        "on=times.business_date, late=times.late)[item.id]",
        "on=times.business_date)[item.id]",
        "test_late.py::test_a_late_use_leaves_what_was_needed_since",
    ),
    one(
        "a late use of a named lot takes what was needed since",
        FIFO,
        "(_limited(actor, queue, on) if late else queue)",
        "queue",
        "test_late.py::test_a_late_use_of_a_named_lot_is_limited_too",
    ),
    one(
        "a lot is used before it came",
        FIFO,
        "if row.received_on <= on:  # not asked",
        "if row.received_on:  # not asked",
        "test_late.py::test_a_lot_of_tomorrow_waits_when_the_clock_is_put_back",
    ),
    one(
        "a late receipt is not flagged",
        f"{ADJUSTMENT}draft.py",
        "return self.business_date < self.today",
        "return False",
        "test_late.py::test_what_is_dated_today_is_not_late",
    ),
    one(
        "recorded times run backwards",
        f"{ADJUSTMENT}ledger.py",
        "recorded_at=now if head.recorded_at is None else max(now, head.recorded_at)",
        "recorded_at=now",
        "test_late.py::test_recorded_times_never_run_backwards",
    ),
)

COSTS = (
    one(
        "a cost goes the wrong way",
        f"{ADJUSTMENT}draft.py",
        "Line(item, -draw.quantity, -draw.cost,",
        "Line(item, -draw.quantity, draw.cost,",
        "test_fifo.py::TestStoreroom::test_two_lots",
    ),
    one(
        "a piece is rounded the other way",
        FIFO,
        "cost - basis_cost * (quantity - taken) // basis_quantity)",
        "cost + -basis_cost * (quantity - taken) // basis_quantity)",
        "test_fifo.py::TestCostOfAPiece::test_pieces_sum_to_the_whole_and_stay_within_a_millionth_of_their_share",
    ),
    one(
        "a piece costs less than nothing",
        FIFO,
        "return max(0, cost - basis_cost * (quantity - taken) // basis_quantity)",
        "return cost - basis_cost * (quantity - taken) // basis_quantity",
        "test_reversal.py::TestReceipts::test_a_lot_that_was_taken_back_in_part_never_costs_less_than_nothing",
    ),
    Bug(
        "the basis stays what the lot was born with",
        (
            (
                SQLITE,
                "         basis_cost = CASE WHEN new.quantity > 0 THEN new.lot_cost_after ELSE basis_cost END\n",
                "         basis_cost = CASE WHEN version = 0 THEN new.lot_cost_after ELSE basis_cost END\n",
            ),
            (
                SQLITE,
                "AND new.basis_cost = CASE WHEN m.quantity > 0 THEN",
                "AND new.basis_cost = CASE WHEN old.version = 0 THEN",
            ),
        ),
        "test_reversal.py::TestUses::test_what_is_put_back_is_priced_afresh",
    ),
    one(
        "half a millionth is rounded up",
        "app/kernel/numbers.py",
        "    return round(Fraction(amount) * MICRO)\n",
        "    return int((Fraction(amount) * MICRO + Fraction(1, 2)) // 1)\n",
        "test_fifo.py::TestStoreroom::test_half_a_millionth_is_rounded_to_even",
    ),
    one(
        "a reversal costs by the average",
        f"{ADJUSTMENT}reversals.py",
        "    if lot is None or line.quantity < 0:\n        return piece\n",
        "    if lot is None or line.quantity < 0:\n        return line.left_cost * line.asked // line.left\n",
        "test_reversal.py::TestUses::test_pieces_of_a_movement_cost_by_its_own_price_and_sum_to_it",
    ),
    one(
        "what is found costs what the oldest lot did",
        f"{ADJUSTMENT}counts.py",
        ".order_by(Lot.received_on.desc(), Lot.sequence.desc(), Lot.line.desc())",
        ".order_by(Lot.received_on, Lot.sequence, Lot.line)",
        "test_reversal.py::TestCounts::test_what_is_found_costs_what_the_newest_lot_did",
    ),
)

POSTINGS = (
    one(
        "a dry run writes",
        f"{ADJUSTMENT}ledger.py",
        "    if dry_run:\n        return _shown(",
        "    if not claimed:\n        return _shown(",
        "test_dry_run.py::test_a_dry_run_writes_nothing_and_says_the_same_twice",
    ),
    one(
        "a count ignores the book that the counter saw",
        f"{ADJUSTMENT}counts.py",
        "    if expected != book:\n",
        "    if expected < 0:\n",
        "test_reversal.py::TestCounts::test_a_count_against_an_old_book_is_stale",
    ),
    one(
        "an item on two lines is asked for once",
        f"{ADJUSTMENT}production.py",
        "wanted.get(need.item_id, 0) + need.quantity",
        "max(wanted.get(need.item_id, 0), need.quantity)",
        "test_dry_run.py::test_one_item_on_two_lines_is_one_need",
    ),
    one(
        "only the first shortage is told",
        f"{ADJUSTMENT}production.py",
        "if item_id in plans and plans[item_id].shortfall]\n",
        "if item_id in plans and plans[item_id].shortfall][:1]\n",
        "test_reversal.py::TestBatches::test_one_that_lacks_something_takes_nothing",
    ),
    one(
        "a reversal is reversed",
        f"{ADJUSTMENT}reversals.py",
        'if original.kind == "reversal":',
        'if original.kind == "never":',
        "test_reversal.py::TestReceipts::test_twice",
    ),
    one(
        "more is put back than went",
        f"{ADJUSTMENT}reversals.py",
        "    if line.asked > line.left:\n",
        "    if line.asked > 2 * line.left:\n",
        "test_reversal.py::TestUses::test_the_same_movement_named_twice_is_summed",
    ),
    one(
        "what was used is taken back all the same",
        f"{ADJUSTMENT}reversals.py",
        "lot.remaining_quantity >= line.asked:",
        "lot.remaining_quantity >= 0:",
        "test_reversal.py::TestReceipts::test_what_was_used_stands_in_the_way_and_is_named",
    ),
    one(
        "a reversal forgets what earlier ones took",
        f"{ADJUSTMENT}originals.py",
        "return abs(self.cost) - abs(self.back_cost)",
        "return abs(self.cost)",
        _MACHINE,
    ),
    one(
        "a batch's posting is reversed behind its back",
        f"{ADJUSTMENT}reversals.py",
        'if original.source.type == "batch":',
        'if original.source.type == "no batch":',
        _MACHINE,
    ),
    one(
        "what expired is thrown away before what did not",
        "app/inventory/models/kinds.py",
        '"spoil": Kind("SPL", Takes.ALL)',
        '"spoil": Kind("SPL", Takes.EXPIRED)',
        _MACHINE,
    ),
)
