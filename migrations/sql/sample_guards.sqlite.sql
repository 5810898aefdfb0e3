-- The same on SQLite, where nobody needs another's rights to erase: see sample_guards.postgresql.sql. Replacing a row
-- is no way to another one: it would be born with an id that is there.

CREATE TRIGGER guard_new_organization BEFORE INSERT ON organizations BEGIN
  SELECT raise(ABORT, 'an organization is born whole') WHERE new.erasing_since IS NOT NULL;
  SELECT raise(ABORT, 'an organization is born once') WHERE EXISTS (SELECT 1 FROM organizations WHERE id = new.id);
END
;;
CREATE TRIGGER guard_organization BEFORE UPDATE ON organizations BEGIN
  SELECT raise(ABORT, 'what an organization was born as never changes')
   WHERE new.id <> old.id OR new.sample <> old.sample;
  SELECT raise(ABORT, 'only a sample is erased: organizations is append-only')
   WHERE new.erasing_since IS NOT NULL AND NOT old.sample;
END
;;
CREATE TRIGGER never_deleted_organizations BEFORE DELETE ON organizations BEGIN
  SELECT raise(ABORT, 'organizations is append-only') WHERE NOT old.sample OR old.erasing_since IS NULL;
END
;;
