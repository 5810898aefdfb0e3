-- The same on SQLite: see audit_guards.postgresql.sql. Statements end with a line ";;".

CREATE TRIGGER open_audit AFTER INSERT ON organizations BEGIN
  INSERT INTO audit_heads (organization_id, sequence, hash) VALUES (new.id, 0, zeroblob(32));
END
;;
CREATE TRIGGER advance_audit AFTER INSERT ON audit_events BEGIN
  UPDATE audit_heads SET sequence = new.sequence, hash = new.hash
   WHERE organization_id = new.organization_id AND sequence = new.sequence - 1 AND hash = new.previous_hash;
  SELECT raise(ABORT, 'wrong claim on the audit head') WHERE changes() = 0;
END
;;
CREATE TRIGGER guard_audit_head BEFORE UPDATE ON audit_heads BEGIN
  SELECT raise(ABORT, 'the audit head moves by events only')
   WHERE new.organization_id <> old.organization_id OR new.sequence <> old.sequence + 1
      OR NOT EXISTS (SELECT 1 FROM audit_events e
          WHERE e.organization_id = new.organization_id AND e.sequence = new.sequence AND e.hash = new.hash);
END
;;
CREATE TRIGGER guard_new_audit_head BEFORE INSERT ON audit_heads BEGIN
  SELECT raise(ABORT, 'an audit log begins at nothing') WHERE new.sequence <> 0;
END
;;
