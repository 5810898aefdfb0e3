-- The same books on SQLite: see ledger_guards.postgresql.sql. Statements end with a line ";;".

CREATE TRIGGER open_ledger AFTER INSERT ON organizations BEGIN
  INSERT INTO ledger_heads (organization_id, sequence, hash, numbers) VALUES (new.id, 0, zeroblob(32), '{}');
END
;;
CREATE TRIGGER open_balance AFTER INSERT ON items BEGIN
  INSERT INTO stock_balances (organization_id, item_id, on_hand, value, version)
  VALUES (new.organization_id, new.id, 0, 0, 0);
END
;;
CREATE TRIGGER guard_item BEFORE UPDATE OF unit, tracked ON items BEGIN
  SELECT raise(ABORT, 'the stock unit is fixed at the first movement') FROM stock_balances b
   WHERE b.organization_id = old.organization_id AND b.item_id = old.id AND b.version > 0 AND new.unit <> old.unit;
  SELECT raise(ABORT, 'an item with stock stays tracked') FROM stock_balances b
   WHERE b.organization_id = old.organization_id AND b.item_id = old.id AND b.on_hand > 0 AND new.tracked <> old.tracked;
END
;;
CREATE TRIGGER answer_command_once BEFORE UPDATE ON commands BEGIN
  SELECT raise(ABORT, 'a command is answered once')
   WHERE old.status IS NOT NULL OR new.body_hash <> old.body_hash OR new.person_id <> old.person_id OR new.key <> old.key;
END
;;
CREATE TRIGGER advance_head AFTER INSERT ON stock_postings BEGIN
  UPDATE ledger_heads
     SET sequence = new.sequence, hash = new.hash, recorded_at = new.recorded_at,
         numbers = json_set(numbers, '$.' || new.kind, new.number)
   WHERE organization_id = new.organization_id AND sequence = new.sequence - 1 AND hash = new.previous_hash
     AND (recorded_at IS NULL OR recorded_at <= new.recorded_at)
     AND coalesce(json_extract(numbers, '$.' || new.kind), 0) = new.number - 1;
  SELECT raise(ABORT, 'wrong claim on the ledger head') WHERE changes() = 0;
END
;;
CREATE TRIGGER apply_movement AFTER INSERT ON stock_movements BEGIN
  UPDATE lots
     SET remaining_quantity = new.lot_quantity_after, remaining_cost = new.lot_cost_after, version = new.lot_version,
         basis_quantity = CASE WHEN new.quantity > 0 THEN new.lot_quantity_after ELSE basis_quantity END,
         basis_cost = CASE WHEN new.quantity > 0 THEN new.lot_cost_after ELSE basis_cost END
   WHERE organization_id = new.organization_id AND id = new.lot_id AND version = new.lot_version - 1
     AND remaining_quantity + new.quantity = new.lot_quantity_after
     AND remaining_cost + new.cost = new.lot_cost_after
     AND (version > 0 OR (initial_quantity = new.quantity AND initial_cost = new.cost));
  SELECT raise(ABORT, 'wrong claim on a lot') WHERE changes() = 0 AND new.lot_id IS NOT NULL;
  SELECT raise(ABORT, 'a movement of a tracked item names no lot') FROM items i
   WHERE new.lot_id IS NULL AND i.organization_id = new.organization_id AND i.id = new.item_id AND i.tracked = 1;
  UPDATE stock_balances
     SET on_hand = new.item_on_hand_after, value = new.item_value_after, version = new.item_version
   WHERE organization_id = new.organization_id AND item_id = new.item_id AND version = new.item_version - 1
     AND on_hand + CASE WHEN new.lot_id IS NULL THEN 0 ELSE new.quantity END = new.item_on_hand_after
     AND value + new.cost = new.item_value_after;
  SELECT raise(ABORT, 'wrong claim on an item') WHERE changes() = 0;
  SELECT raise(ABORT, 'a movement reverses more than is left')
   WHERE new.reverses IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM stock_movements o
        JOIN stock_postings op ON op.organization_id = o.organization_id AND op.id = o.posting_id
        JOIN stock_postings np ON np.organization_id = new.organization_id AND np.id = new.posting_id
       WHERE o.organization_id = new.organization_id AND o.id = new.reverses AND np.reverses = op.id
         AND o.reverses IS NULL AND o.item_id = new.item_id AND o.lot_id IS new.lot_id
         AND sign(o.quantity) = -sign(new.quantity)
         AND abs(o.quantity) >= (SELECT abs(sum(r.quantity)) FROM stock_movements r
              WHERE r.organization_id = new.organization_id AND r.reverses = new.reverses));
END
;;
CREATE TRIGGER apply_lot_change AFTER INSERT ON lot_changes BEGIN
  UPDATE lots SET on_hold = new.on_hold, expires_on = new.expires_on, supplier_lot = new.supplier_lot,
         supplier_lot_key = new.supplier_lot_key, changes = new.number
   WHERE organization_id = new.organization_id AND id = new.lot_id AND changes = new.number - 1;
  SELECT raise(ABORT, 'wrong claim on a lot') WHERE changes() = 0;
END
;;
CREATE TRIGGER guard_new_lot BEFORE INSERT ON lots BEGIN
  SELECT raise(ABORT, 'lots are born empty')
   WHERE new.remaining_quantity <> 0 OR new.remaining_cost <> 0 OR new.basis_quantity <> 0 OR new.basis_cost <> 0
      OR new.version <> 0 OR new.changes <> 0 OR new.on_hold <> 0;
END
;;
CREATE TRIGGER guard_lot BEFORE UPDATE ON lots BEGIN
  SELECT raise(ABORT, 'what a lot was born with never changes')
   WHERE (new.organization_id, new.id, new.item_id, new.fifo_code, new.fifo_code_key, new.received_on, new.sequence,
          new.line, new.source_type, new.source_id, new.source_label, new.initial_quantity, new.initial_cost)
      <> (old.organization_id, old.id, old.item_id, old.fifo_code, old.fifo_code_key, old.received_on, old.sequence,
          old.line, old.source_type, old.source_id, old.source_label, old.initial_quantity, old.initial_cost)
      OR new.supplier_id IS NOT old.supplier_id OR new.initial_expires_on IS NOT old.initial_expires_on
      OR new.initial_supplier_lot IS NOT old.initial_supplier_lot;
  SELECT raise(ABORT, 'lots change by movements and lot changes only')
   WHERE NOT (new.version = old.version + 1 AND new.changes = old.changes AND new.on_hold = old.on_hold
         AND new.expires_on IS old.expires_on AND new.supplier_lot IS old.supplier_lot
         AND new.supplier_lot_key IS old.supplier_lot_key
         AND EXISTS (SELECT 1 FROM stock_movements m
             WHERE m.organization_id = new.organization_id AND m.lot_id = new.id AND m.lot_version = new.version
               AND m.lot_quantity_after = new.remaining_quantity AND m.lot_cost_after = new.remaining_cost
               AND new.basis_quantity = CASE WHEN m.quantity > 0 THEN m.lot_quantity_after ELSE old.basis_quantity END
               AND new.basis_cost = CASE WHEN m.quantity > 0 THEN m.lot_cost_after ELSE old.basis_cost END))
     AND NOT (new.changes = old.changes + 1 AND new.version = old.version
         AND new.remaining_quantity = old.remaining_quantity AND new.remaining_cost = old.remaining_cost
         AND new.basis_quantity = old.basis_quantity AND new.basis_cost = old.basis_cost
         AND EXISTS (SELECT 1 FROM lot_changes c
             WHERE c.organization_id = new.organization_id AND c.lot_id = new.id AND c.number = new.changes
               AND c.on_hold = new.on_hold AND c.expires_on IS new.expires_on AND c.supplier_lot IS new.supplier_lot
               AND c.supplier_lot_key IS new.supplier_lot_key));
END
;;
CREATE TRIGGER guard_new_balance BEFORE INSERT ON stock_balances BEGIN
  SELECT raise(ABORT, 'balances are born empty') WHERE new.on_hand <> 0 OR new.value <> 0 OR new.version <> 0;
END
;;
CREATE TRIGGER guard_balance BEFORE UPDATE ON stock_balances BEGIN
  SELECT raise(ABORT, 'balances change by movements only')
   WHERE new.organization_id <> old.organization_id OR new.item_id <> old.item_id OR new.version <> old.version + 1
      OR NOT EXISTS (SELECT 1 FROM stock_movements m
          WHERE m.organization_id = new.organization_id AND m.item_id = new.item_id AND m.item_version = new.version
            AND m.item_on_hand_after = new.on_hand AND m.item_value_after = new.value);
END
;;
CREATE TRIGGER guard_new_head BEFORE INSERT ON ledger_heads BEGIN
  SELECT raise(ABORT, 'a ledger begins at nothing') WHERE new.sequence <> 0 OR new.numbers <> '{}';
END
;;
CREATE TRIGGER guard_head BEFORE UPDATE ON ledger_heads BEGIN
  SELECT raise(ABORT, 'the ledger head moves by postings only')
   WHERE new.organization_id <> old.organization_id OR new.sequence <> old.sequence + 1
      OR NOT EXISTS (SELECT 1 FROM stock_postings p
          WHERE p.organization_id = new.organization_id AND p.sequence = new.sequence AND p.hash = new.hash
            AND p.recorded_at = new.recorded_at
            AND new.numbers = json_set(old.numbers, '$.' || p.kind, p.number));
END
;;
CREATE TRIGGER erase_note_only BEFORE UPDATE ON posting_notes BEGIN
  SELECT raise(ABORT, 'notes can be erased, not rewritten')
   WHERE new.organization_id <> old.organization_id OR new.posting_id <> old.posting_id OR new.reason IS NOT NULL
      OR new.note IS NOT NULL OR new.recipient IS NOT NULL OR new.reference IS NOT NULL;
END
;;
CREATE TRIGGER never_updated_stock_postings BEFORE UPDATE ON stock_postings BEGIN SELECT raise(ABORT, 'stock_postings is append-only'); END
;;
CREATE TRIGGER never_updated_stock_movements BEFORE UPDATE ON stock_movements BEGIN SELECT raise(ABORT, 'stock_movements is append-only'); END
;;
CREATE TRIGGER never_updated_lot_changes BEFORE UPDATE ON lot_changes BEGIN SELECT raise(ABORT, 'lot_changes is append-only'); END
;;
CREATE TRIGGER never_deleted_commands BEFORE DELETE ON commands BEGIN SELECT raise(ABORT, 'commands is append-only'); END
;;
CREATE TRIGGER never_deleted_stock_postings BEFORE DELETE ON stock_postings BEGIN SELECT raise(ABORT, 'stock_postings is append-only'); END
;;
CREATE TRIGGER never_deleted_stock_movements BEFORE DELETE ON stock_movements BEGIN SELECT raise(ABORT, 'stock_movements is append-only'); END
;;
CREATE TRIGGER never_deleted_lot_changes BEFORE DELETE ON lot_changes BEGIN SELECT raise(ABORT, 'lot_changes is append-only'); END
;;
CREATE TRIGGER never_deleted_posting_notes BEFORE DELETE ON posting_notes BEGIN SELECT raise(ABORT, 'posting_notes is append-only'); END
;;
CREATE TRIGGER never_deleted_lots BEFORE DELETE ON lots BEGIN SELECT raise(ABORT, 'lots is append-only'); END
;;
CREATE TRIGGER never_deleted_stock_balances BEFORE DELETE ON stock_balances BEGIN SELECT raise(ABORT, 'stock_balances is append-only'); END
;;
CREATE TRIGGER never_deleted_ledger_heads BEFORE DELETE ON ledger_heads BEGIN SELECT raise(ABORT, 'ledger_heads is append-only'); END
;;
