-- Divides the five large tables by user into partitions: tasks, the log, its counters, conversations and messages. Stop the
-- servers and take a backup first (docs/scale.md); then, as the owner of the tables, with room for another copy of them:
--   psql --set=ON_ERROR_STOP=1 --single-transaction --file=deploy/partition_by_user.sql "$DATABASE_URL"
-- PGOPTIONS='-c taskwire.partitions=16' sets how many (default: 8). If anything fails, everything stays as it was.

SET LOCAL lock_timeout = '10s';
SET LOCAL statement_timeout = 0;

DO $$
DECLARE
  names CONSTANT text[] := ARRAY['task', 'change', 'change_counter', 'conversation', 'message'];
  tables CONSTANT regclass[] := ARRAY(SELECT ('taskwire.' || name)::regclass FROM unnest(names) AS name);
  partitions CONSTANT integer := coalesce(nullif(current_setting('taskwire.partitions', true), ''), '8');
  -- What a new table gets after the rows, in this order: keys and indexes, references, triggers, rights.
  later text[];
  statement text;
  name text;
  options text;
  before bigint;
  copied bigint;
BEGIN
  IF EXISTS (SELECT FROM pg_class WHERE oid = ANY (tables) AND relkind <> 'r') THEN
    RAISE EXCEPTION 'the tables are partitioned already';
  END IF;
  LOCK TABLE taskwire.task, taskwire.change, taskwire.change_counter, taskwire.conversation, taskwire.message
    IN ACCESS EXCLUSIVE MODE;

  SELECT array_agg(each.sql ORDER BY each.step) INTO later FROM (
    SELECT 1 AS step, format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS sql
      FROM pg_constraint WHERE conrelid = ANY (tables) AND contype IN ('p', 'u')
    UNION ALL
    SELECT 2, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ANY (tables)
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
    UNION ALL
    SELECT 3, format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE contype = 'f' AND (conrelid = ANY (tables) OR confrelid = ANY (tables))
    UNION ALL
    SELECT 4, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = ANY (tables) AND NOT tgisinternal
    UNION ALL
    -- Servers whose role owns nothing ask for the partitions as well.
    SELECT 5, format('GRANT %s ON %I.%I TO %s', privilege_type, 'taskwire', relname || suffix,
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
      FROM pg_class, aclexplode(relacl), (
        SELECT '' AS suffix UNION ALL SELECT '_' || number FROM generate_series(0, partitions - 1) AS number
      ) AS suffixes
      WHERE pg_class.oid = ANY (tables) AND grantee <> relowner
  ) AS each;

  FOR statement IN
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
      FROM pg_constraint WHERE contype = 'f' AND (conrelid = ANY (tables) OR confrelid = ANY (tables))
  LOOP
    EXECUTE statement;
  END LOOP;

  FOREACH name IN ARRAY names LOOP
    EXECUTE format('ALTER TABLE taskwire.%I RENAME TO %I', name, name || '_undivided');
    EXECUTE format(
      'CREATE TABLE taskwire.%I (LIKE taskwire.%I INCLUDING ALL EXCLUDING INDEXES) PARTITION BY HASH (user_id)',
      name, name || '_undivided');
    SELECT 'WITH (' || array_to_string(reloptions, ', ') || ')' INTO options
      FROM pg_class WHERE oid = ('taskwire.' || quote_ident(name || '_undivided'))::regclass;
    FOR number IN 0 .. partitions - 1 LOOP
      EXECUTE format(
        'CREATE TABLE taskwire.%I PARTITION OF taskwire.%I FOR VALUES WITH (MODULUS %s, REMAINDER %s) %s',
        name || '_' || number, name, partitions, number, options);
    END LOOP;
    -- Columns that the database computes itself are not written.
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO options FROM pg_attribute
      WHERE attrelid = ('taskwire.' || name)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('SELECT count(*) FROM taskwire.%I', name || '_undivided') INTO before;
    EXECUTE format('INSERT INTO taskwire.%I (%s) SELECT %s FROM taskwire.%I', name, options, options, name || '_undivided');
    GET DIAGNOSTICS copied = ROW_COUNT;
    IF copied <> before THEN
      RAISE EXCEPTION '% of % rows of % were copied', copied, before, name;
    END IF;
    RAISE NOTICE '%: % rows', name, copied;
    FOR statement IN
      SELECT format('ALTER SEQUENCE %s OWNED BY taskwire.%I.%I', objid::regclass, name, attname)
        FROM pg_depend JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
        WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype = 'a'
          AND refobjid = ('taskwire.' || quote_ident(name || '_undivided'))::regclass
          AND EXISTS (SELECT FROM pg_class WHERE oid = objid AND relkind = 'S')
    LOOP
      EXECUTE statement;
    END LOOP;
    EXECUTE format('DROP TABLE taskwire.%I', name || '_undivided');
  END LOOP;

  FOREACH statement IN ARRAY later LOOP
    EXECUTE statement;
  END LOOP;
  FOREACH name IN ARRAY names LOOP
    EXECUTE format('ANALYZE taskwire.%I', name);
  END LOOP;
END
$$;
