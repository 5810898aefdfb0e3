-- The audit log moves its own head and refuses every change of what was written. Statements end with a line ";;".

CREATE FUNCTION open_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO audit_heads (organization_id, sequence, hash) VALUES (new.id, 0, decode(repeat('00', 32), 'hex'));
  RETURN NULL;
END $$
;;
CREATE FUNCTION advance_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE audit_heads SET sequence = new.sequence, hash = new.hash
   WHERE organization_id = new.organization_id AND sequence = new.sequence - 1 AND hash = new.previous_hash;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'wrong claim on the audit head of %', new.organization_id USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$
;;
CREATE FUNCTION guard_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.organization_id = old.organization_id AND new.sequence = old.sequence + 1
     AND EXISTS (SELECT 1 FROM audit_events e
         WHERE e.organization_id = new.organization_id AND e.sequence = new.sequence AND e.hash = new.hash) THEN
    RETURN new;
  END IF;
  RAISE EXCEPTION 'the audit head moves by events only' USING ERRCODE = '23001';
END $$
;;
CREATE FUNCTION guard_new_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.sequence <> 0 THEN
    RAISE EXCEPTION 'an audit log begins at nothing' USING ERRCODE = '23001';
  END IF;
  RETURN new;
END $$
;;
CREATE TRIGGER open_audit AFTER INSERT ON organizations FOR EACH ROW EXECUTE FUNCTION open_audit()
;;
CREATE TRIGGER advance_audit AFTER INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION advance_audit()
;;
CREATE TRIGGER guard_audit_head BEFORE UPDATE ON audit_heads FOR EACH ROW EXECUTE FUNCTION guard_audit_head()
;;
CREATE TRIGGER guard_new_audit_head BEFORE INSERT ON audit_heads FOR EACH ROW EXECUTE FUNCTION guard_new_audit_head()
;;
