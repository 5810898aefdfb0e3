-- A sample organization can be erased whole, and nothing else can. Statements end with a line ";;".

CREATE FUNCTION guard_new_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.erasing_since IS NOT NULL THEN
    RAISE EXCEPTION 'an organization is born whole' USING ERRCODE = '23001';
  END IF;
  RETURN new;
END $$
;;
CREATE FUNCTION guard_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.id <> old.id OR new.sample <> old.sample THEN
    RAISE EXCEPTION 'what an organization was born as never changes' USING ERRCODE = '23001';
  END IF;
  IF new.erasing_since IS NOT NULL AND NOT old.sample THEN
    RAISE EXCEPTION 'only a sample is erased: organizations is append-only' USING ERRCODE = '23001';
  END IF;
  RETURN new;
END $$
;;
CREATE FUNCTION keep_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF old.sample AND old.erasing_since IS NOT NULL THEN
    RETURN old;
  END IF;
  RAISE EXCEPTION '% is append-only', tg_table_name USING ERRCODE = '23001';
END $$
;;
CREATE FUNCTION keep_unless_sample() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM organizations o
      WHERE o.id = old.organization_id AND o.sample AND o.erasing_since IS NOT NULL) THEN
    RETURN old;
  END IF;
  RAISE EXCEPTION '% is append-only', tg_table_name USING ERRCODE = '23001';
END $$
;;
CREATE FUNCTION erase_sample() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  wanted uuid := current_org();
  name text;
  waiting int;
  before int := -1;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM organizations o
      WHERE o.id = wanted AND o.sample AND o.erasing_since IS NOT NULL) THEN
    RAISE EXCEPTION 'only a sample is erased: organizations is append-only' USING ERRCODE = '23001';
  END IF;
  LOOP
    waiting := 0;
    FOR name IN SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE a.attname = 'organization_id' AND NOT a.attisdropped AND c.relkind = 'r'
          AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname LOOP
      BEGIN
        EXECUTE format('DELETE FROM %I WHERE organization_id = $1', name) USING wanted;
      EXCEPTION WHEN foreign_key_violation THEN
        waiting := waiting + 1;
      END;
    END LOOP;
    EXIT WHEN waiting = 0;
    IF waiting = before THEN
      RAISE EXCEPTION '% tables of a sample hold each other', waiting USING ERRCODE = '23001';
    END IF;
    before := waiting;
  END LOOP;
  DELETE FROM organizations WHERE id = wanted;
END $$
;;
CREATE TRIGGER guard_new_organization BEFORE INSERT ON organizations
  FOR EACH ROW EXECUTE FUNCTION guard_new_organization()
;;
CREATE TRIGGER guard_organization BEFORE UPDATE ON organizations FOR EACH ROW EXECUTE FUNCTION guard_organization()
;;
CREATE TRIGGER never_deleted BEFORE DELETE ON organizations FOR EACH ROW EXECUTE FUNCTION keep_organization()
;;
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON organizations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
;;
