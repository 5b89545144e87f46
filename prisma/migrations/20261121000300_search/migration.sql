-- Search is literal text anywhere in title or description: trigrams serve it, under the user as everything else.
-- Both extensions are part of PostgreSQL and trusted, so the owner of a database may create them. Where they are not
-- installed, or the role may not, search reads the user's tasks one by one: slower, with the same answers.
DO $$
DECLARE
  trigrams text;
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA taskwire;
  CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA taskwire;
  SELECT nspname INTO trigrams
    FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';
  -- A short list of pending entries (in kB): whoever fills it merges it, and should not wait long.
  EXECUTE format(
    'CREATE INDEX task_search_idx ON taskwire.task
       USING gin (user_id, title %1$I.gin_trgm_ops, description %1$I.gin_trgm_ops) WITH (gin_pending_list_limit = 256)',
    trigrams
  );
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
  RAISE NOTICE 'search has no index: %', SQLERRM;
END
$$;
