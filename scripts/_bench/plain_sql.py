"""What the plain program says to the database. `%s` is a value; SQLite reads `?` instead."""

COMMAND = (
    "INSERT INTO commands (organization_id, key, body_hash, person_id, recorded_at) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)
ANSWER = "UPDATE commands SET status = %s, answer = %s WHERE organization_id = %s AND key = %s"
BALANCE = (
    "SELECT i.id, i.code, i.name, i.unit, i.tracked, b.on_hand, b.value, b.version FROM stock_balances b"
    " JOIN items i ON i.organization_id = b.organization_id AND i.id = b.item_id"
    " WHERE b.organization_id = %s AND b.item_id IN ({}) ORDER BY b.item_id"
)
QUEUE = (
    "SELECT id, item_id, fifo_code, remaining_quantity, remaining_cost, basis_quantity, basis_cost, version FROM lots"
    " WHERE organization_id = %s AND item_id = %s AND remaining_quantity > 0 AND received_on <= %s AND NOT on_hold"
    " AND (expires_on IS NULL OR expires_on >= %s) ORDER BY received_on, sequence, line LIMIT 16"
)
HEAD = "SELECT sequence, hash, numbers FROM ledger_heads WHERE organization_id = %s"
POSTING = (
    "INSERT INTO stock_postings (organization_id, id, kind, number, sequence, occurred_at, business_date, recorded_at,"
    " late, actor_id, entry_point, command_key, source_type, source_id, source_label, entered_quantity, entered_unit,"
    " previous_hash, hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
MOVEMENT = (
    "INSERT INTO stock_movements (organization_id, id, posting_id, line, item_id, lot_id, quantity, cost, pinned,"
    " item_version, item_on_hand_after, item_value_after, lot_version, lot_quantity_after, lot_cost_after)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
LOT = (
    "INSERT INTO lots (organization_id, id, item_id, fifo_code, fifo_code_key, received_on, sequence, line, on_hold,"
    " source_type, source_id, source_label, initial_quantity, initial_cost, remaining_quantity, remaining_cost,"
    " basis_quantity, basis_cost, version, changes)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 0, 0, 0, 0)"
)
LOT_AFTER = (
    "UPDATE lots SET remaining_quantity = %s, remaining_cost = %s, version = %s, basis_quantity = %s, basis_cost = %s"
    " WHERE organization_id = %s AND id = %s"
)
BALANCE_AFTER = (
    "UPDATE stock_balances SET on_hand = %s, value = %s, version = %s WHERE organization_id = %s AND item_id = %s"
)
HEAD_AFTER = (
    "UPDATE ledger_heads SET sequence = %s, hash = %s, recorded_at = %s, numbers = %s WHERE organization_id = %s"
)


BATCH = (
    "SELECT b.id, b.label, b.status, b.output_item_id, b.expected_quantity, b.version_id, b.scale, b.note, r.name,"
    " r.archived_at, v.number, v.output_quantity, v.output_unit, i.code, i.name, i.unit, o.cost_method FROM batches b"
    " JOIN recipes r ON r.organization_id = b.organization_id AND r.id = b.recipe_id"
    " JOIN recipe_versions v ON v.organization_id = b.organization_id AND v.id = b.version_id"
    " JOIN items i ON i.organization_id = b.organization_id AND i.id = b.output_item_id"
    " JOIN organizations o ON o.id = b.organization_id WHERE b.organization_id = %s AND b.id = %s"
)
BATCH_LINES = (
    "SELECT l.item_id, l.needed, l.unit, l.skipped, i.code, i.name, i.unit, i.tracked FROM batch_lines l"
    " JOIN items i ON i.organization_id = l.organization_id AND i.id = l.item_id"
    " WHERE l.organization_id = %s AND l.batch_id = %s ORDER BY l.line"
)
BATCH_EXTRAS = (
    "SELECT e.item_id, e.quantity, e.reason, i.code, i.name FROM batch_extras e"
    " JOIN items i ON i.organization_id = e.organization_id AND i.id = e.item_id"
    " WHERE e.organization_id = %s AND e.batch_id = %s ORDER BY e.created_at"
)
ENTRIES = (
    "SELECT m.item_id, p.id, p.kind, p.number, l.fifo_code, m.quantity, m.cost, i.code, i.name FROM stock_postings p"
    " JOIN stock_movements m ON m.organization_id = p.organization_id AND m.posting_id = p.id"
    " JOIN items i ON i.organization_id = m.organization_id AND i.id = m.item_id"
    " LEFT JOIN lots l ON l.organization_id = m.organization_id AND l.id = m.lot_id"
    " WHERE p.organization_id = %s AND p.source_type = 'batch' AND p.source_id = %s ORDER BY p.sequence, m.line"
)
CODES = "SELECT fifo_code_key FROM lots WHERE organization_id = %s AND (fifo_code_key = %s OR fifo_code_key LIKE %s)"
BATCH_STARTED = (
    "UPDATE batches SET status = 'in_progress', cost_method = 'fifo', started_at = %s"
    " WHERE organization_id = %s AND id = %s"
)
BATCH_FINISHED = (
    "UPDATE batches SET status = 'completed', completed_at = %s, expected_quantity = %s"
    " WHERE organization_id = %s AND id = %s"
)
BATCH_LIKE = (
    "INSERT INTO batches (organization_id, id, label, label_key, status, recipe_id, version_id, scale, created_at,"
    " created_by, expected_quantity, output_item_id) SELECT organization_id, %s, %s, %s, 'planned', recipe_id,"
    " version_id, scale, created_at, created_by, expected_quantity, output_item_id FROM batches"
    " WHERE organization_id = %s AND id = %s"
)
BATCH_LINE_LIKE = (
    "INSERT INTO batch_lines (organization_id, id, batch_id, line, item_id, needed, unit, skipped)"
    " SELECT organization_id, %s, %s, line, item_id, needed, unit, skipped FROM batch_lines"
    " WHERE organization_id = %s AND batch_id = %s AND line = %s"
)
