-- The database keeps the books: postings and movements are inserted, these triggers move lots, balances and heads
-- and refuse every other change of them. Statements end with a line ";;".

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', tg_table_name USING ERRCODE = '23001';
END $$
;;
CREATE FUNCTION answer_command_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF old.status IS NOT NULL OR new.body_hash <> old.body_hash OR new.person_id <> old.person_id OR new.key <> old.key THEN
    RAISE EXCEPTION 'a command is answered once' USING ERRCODE = '23001';
  END IF;
  RETURN new;
END $$
;;
CREATE FUNCTION open_ledger() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO ledger_heads (organization_id, sequence, hash, numbers)
  VALUES (new.id, 0, decode(repeat('00', 32), 'hex'), '{}');
  RETURN NULL;
END $$
;;
CREATE FUNCTION open_balance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO stock_balances (organization_id, item_id, on_hand, value, version)
  VALUES (new.organization_id, new.id, 0, 0, 0);
  RETURN NULL;
END $$
;;
CREATE FUNCTION guard_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.unit <> old.unit AND EXISTS (SELECT 1 FROM stock_balances b
      WHERE b.organization_id = old.organization_id AND b.item_id = old.id AND b.version > 0) THEN
    RAISE EXCEPTION 'the stock unit is fixed at the first movement' USING ERRCODE = '23001';
  END IF;
  IF new.tracked <> old.tracked AND EXISTS (SELECT 1 FROM stock_balances b
      WHERE b.organization_id = old.organization_id AND b.item_id = old.id AND b.on_hand > 0) THEN
    RAISE EXCEPTION 'an item with stock stays tracked' USING ERRCODE = '23001';
  END IF;
  RETURN new;
END $$
;;
CREATE FUNCTION advance_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE ledger_heads
     SET sequence = new.sequence, hash = new.hash, recorded_at = new.recorded_at,
         numbers = (numbers::jsonb || jsonb_build_object(new.kind, new.number))::text
   WHERE organization_id = new.organization_id AND sequence = new.sequence - 1 AND hash = new.previous_hash
     AND (recorded_at IS NULL OR recorded_at <= new.recorded_at)
     AND coalesce((numbers::jsonb ->> new.kind)::bigint, 0) = new.number - 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'wrong claim on the ledger head of %', new.organization_id USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$
;;
CREATE FUNCTION apply_movement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF new.lot_id IS NOT NULL THEN
    UPDATE lots
       SET remaining_quantity = new.lot_quantity_after, remaining_cost = new.lot_cost_after, version = new.lot_version,
           basis_quantity = CASE WHEN new.quantity > 0 THEN new.lot_quantity_after ELSE basis_quantity END,
           basis_cost = CASE WHEN new.quantity > 0 THEN new.lot_cost_after ELSE basis_cost END
     WHERE organization_id = new.organization_id AND id = new.lot_id AND version = new.lot_version - 1
       AND remaining_quantity + new.quantity = new.lot_quantity_after
       AND remaining_cost + new.cost = new.lot_cost_after
       AND (version > 0 OR (initial_quantity = new.quantity AND initial_cost = new.cost));
    IF NOT FOUND THEN
      RAISE EXCEPTION 'wrong claim on lot %', new.lot_id USING ERRCODE = '23514';
    END IF;
  ELSIF EXISTS (SELECT 1 FROM items i
      WHERE i.organization_id = new.organization_id AND i.id = new.item_id AND i.tracked) THEN
    RAISE EXCEPTION 'a movement of tracked item % names no lot', new.item_id USING ERRCODE = '23514';
  END IF;
  UPDATE stock_balances
     SET on_hand = new.item_on_hand_after, value = new.item_value_after, version = new.item_version
   WHERE organization_id = new.organization_id AND item_id = new.item_id AND version = new.item_version - 1
     AND on_hand + CASE WHEN new.lot_id IS NULL THEN 0 ELSE new.quantity END = new.item_on_hand_after
     AND value + new.cost = new.item_value_after;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'wrong claim on item %', new.item_id USING ERRCODE = '23514';
  END IF;
  IF new.reverses IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM stock_movements o
        JOIN stock_postings op ON op.organization_id = o.organization_id AND op.id = o.posting_id
        JOIN stock_postings np ON np.organization_id = new.organization_id AND np.id = new.posting_id
       WHERE o.organization_id = new.organization_id AND o.id = new.reverses AND np.reverses = op.id
         AND o.reverses IS NULL AND o.item_id = new.item_id AND o.lot_id IS NOT DISTINCT FROM new.lot_id
         AND sign(o.quantity) = -sign(new.quantity)
         AND abs(o.quantity) >= (SELECT abs(sum(r.quantity)) FROM stock_movements r
              WHERE r.organization_id = new.organization_id AND r.reverses = new.reverses)) THEN
    RAISE EXCEPTION 'movement % reverses more than is left of %', new.id, new.reverses USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$
;;
CREATE FUNCTION apply_lot_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE lots SET on_hold = new.on_hold, expires_on = new.expires_on, supplier_lot = new.supplier_lot,
         supplier_lot_key = new.supplier_lot_key, changes = new.number
   WHERE organization_id = new.organization_id AND id = new.lot_id AND changes = new.number - 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'wrong claim on lot %', new.lot_id USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$
;;
CREATE FUNCTION guard_new_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.remaining_quantity <> 0 OR new.remaining_cost <> 0 OR new.basis_quantity <> 0 OR new.basis_cost <> 0
     OR new.version <> 0 OR new.changes <> 0 OR new.on_hold THEN
    RAISE EXCEPTION 'lots are born empty' USING ERRCODE = '23001';
  END IF;
  RETURN new;
END $$
;;
CREATE FUNCTION guard_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (new.organization_id, new.id, new.item_id, new.fifo_code, new.fifo_code_key, new.received_on, new.sequence, new.line,
      new.source_type, new.source_id, new.source_label, new.initial_quantity, new.initial_cost)
     <> (old.organization_id, old.id, old.item_id, old.fifo_code, old.fifo_code_key, old.received_on, old.sequence, old.line,
      old.source_type, old.source_id, old.source_label, old.initial_quantity, old.initial_cost)
     OR new.supplier_id IS DISTINCT FROM old.supplier_id
     OR new.initial_expires_on IS DISTINCT FROM old.initial_expires_on
     OR new.initial_supplier_lot IS DISTINCT FROM old.initial_supplier_lot THEN
    RAISE EXCEPTION 'what a lot was born with never changes' USING ERRCODE = '23001';
  END IF;
  IF new.version = old.version + 1 AND new.changes = old.changes AND new.on_hold = old.on_hold
     AND new.expires_on IS NOT DISTINCT FROM old.expires_on
     AND new.supplier_lot IS NOT DISTINCT FROM old.supplier_lot
     AND new.supplier_lot_key IS NOT DISTINCT FROM old.supplier_lot_key
     AND EXISTS (SELECT 1 FROM stock_movements m
         WHERE m.organization_id = new.organization_id AND m.lot_id = new.id AND m.lot_version = new.version
           AND m.lot_quantity_after = new.remaining_quantity AND m.lot_cost_after = new.remaining_cost
           AND new.basis_quantity = CASE WHEN m.quantity > 0 THEN m.lot_quantity_after ELSE old.basis_quantity END
           AND new.basis_cost = CASE WHEN m.quantity > 0 THEN m.lot_cost_after ELSE old.basis_cost END) THEN
    RETURN new;
  END IF;
  IF new.changes = old.changes + 1 AND new.version = old.version AND new.remaining_quantity = old.remaining_quantity
     AND new.remaining_cost = old.remaining_cost AND new.basis_quantity = old.basis_quantity AND new.basis_cost = old.basis_cost
     AND EXISTS (SELECT 1 FROM lot_changes c
         WHERE c.organization_id = new.organization_id AND c.lot_id = new.id AND c.number = new.changes
           AND c.on_hold = new.on_hold AND c.expires_on IS NOT DISTINCT FROM new.expires_on
           AND c.supplier_lot IS NOT DISTINCT FROM new.supplier_lot
           AND c.supplier_lot_key IS NOT DISTINCT FROM new.supplier_lot_key) THEN
    RETURN new;
  END IF;
  RAISE EXCEPTION 'lots change by movements and lot changes only' USING ERRCODE = '23001';
END $$
;;
CREATE FUNCTION guard_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.organization_id = old.organization_id AND new.item_id = old.item_id AND new.version = old.version + 1
     AND EXISTS (SELECT 1 FROM stock_movements m
         WHERE m.organization_id = new.organization_id AND m.item_id = new.item_id AND m.item_version = new.version
           AND m.item_on_hand_after = new.on_hand AND m.item_value_after = new.value) THEN
    RETURN new;
  END IF;
  RAISE EXCEPTION 'balances change by movements only' USING ERRCODE = '23001';
END $$
;;
CREATE FUNCTION guard_new_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.on_hand <> 0 OR new.value <> 0 OR new.version <> 0 THEN
    RAISE EXCEPTION 'balances are born empty' USING ERRCODE = '23001';
  END IF;
  RETURN new;
END $$
;;
CREATE FUNCTION guard_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.organization_id = old.organization_id AND new.sequence = old.sequence + 1
     AND EXISTS (SELECT 1 FROM stock_postings p
         WHERE p.organization_id = new.organization_id AND p.sequence = new.sequence AND p.hash = new.hash
           AND p.recorded_at = new.recorded_at
           AND new.numbers::jsonb = old.numbers::jsonb || jsonb_build_object(p.kind, p.number)) THEN
    RETURN new;
  END IF;
  RAISE EXCEPTION 'the ledger head moves by postings only' USING ERRCODE = '23001';
END $$
;;
CREATE FUNCTION guard_new_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.sequence <> 0 OR new.numbers <> '{}' THEN
    RAISE EXCEPTION 'a ledger begins at nothing' USING ERRCODE = '23001';
  END IF;
  RETURN new;
END $$
;;
CREATE FUNCTION erase_note_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.organization_id <> old.organization_id OR new.posting_id <> old.posting_id OR new.reason IS NOT NULL
     OR new.note IS NOT NULL OR new.recipient IS NOT NULL OR new.reference IS NOT NULL THEN
    RAISE EXCEPTION 'notes can be erased, not rewritten' USING ERRCODE = '23001';
  END IF;
  RETURN new;
END $$
;;
CREATE TRIGGER open_ledger AFTER INSERT ON organizations FOR EACH ROW EXECUTE FUNCTION open_ledger()
;;
CREATE TRIGGER open_balance AFTER INSERT ON items FOR EACH ROW EXECUTE FUNCTION open_balance()
;;
CREATE TRIGGER guard_item BEFORE UPDATE OF unit, tracked ON items FOR EACH ROW EXECUTE FUNCTION guard_item()
;;
CREATE TRIGGER answer_command_once BEFORE UPDATE ON commands FOR EACH ROW EXECUTE FUNCTION answer_command_once()
;;
CREATE TRIGGER advance_head AFTER INSERT ON stock_postings FOR EACH ROW EXECUTE FUNCTION advance_head()
;;
CREATE TRIGGER apply_movement AFTER INSERT ON stock_movements FOR EACH ROW EXECUTE FUNCTION apply_movement()
;;
CREATE TRIGGER apply_lot_change AFTER INSERT ON lot_changes FOR EACH ROW EXECUTE FUNCTION apply_lot_change()
;;
CREATE TRIGGER guard_new_lot BEFORE INSERT ON lots FOR EACH ROW EXECUTE FUNCTION guard_new_lot()
;;
CREATE TRIGGER guard_lot BEFORE UPDATE ON lots FOR EACH ROW EXECUTE FUNCTION guard_lot()
;;
CREATE TRIGGER guard_new_balance BEFORE INSERT ON stock_balances FOR EACH ROW EXECUTE FUNCTION guard_new_balance()
;;
CREATE TRIGGER guard_balance BEFORE UPDATE ON stock_balances FOR EACH ROW EXECUTE FUNCTION guard_balance()
;;
CREATE TRIGGER guard_new_head BEFORE INSERT ON ledger_heads FOR EACH ROW EXECUTE FUNCTION guard_new_head()
;;
CREATE TRIGGER guard_head BEFORE UPDATE ON ledger_heads FOR EACH ROW EXECUTE FUNCTION guard_head()
;;
CREATE TRIGGER erase_note_only BEFORE UPDATE ON posting_notes FOR EACH ROW EXECUTE FUNCTION erase_note_only()
;;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['stock_postings', 'stock_movements', 'lot_changes'] LOOP
    EXECUTE format('CREATE TRIGGER never_updated BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['commands', 'stock_postings', 'stock_movements', 'lot_changes', 'posting_notes', 'lots',
                              'stock_balances', 'ledger_heads'] LOOP
    EXECUTE format('CREATE TRIGGER never_deleted BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
END $$
;;
