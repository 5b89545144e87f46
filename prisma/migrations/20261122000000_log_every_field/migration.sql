-- The actor of a change: `key:<id>` for an API key, null for the user.
ALTER TABLE "taskwire"."task" ADD COLUMN "changed_actor" TEXT;
ALTER TABLE "taskwire"."change" ADD COLUMN "actor" TEXT;

-- The log, without a list of the fields of a task: an entry holds every column that the row had when it was written,
-- except the bookkeeping ones. So a field that did not exist yet is absent from the entry, and one that was empty is
-- null there. A migration that adds a field to task leaves this function as it is. See docs/decisions/015.
CREATE OR REPLACE FUNCTION taskwire.log_task_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  -- Columns that are no part of a task. Everything else is logged.
  bookkeeping CONSTANT text[] :=
    '{deleted_at,changed_via,changed_actor,changed_key,changed_request,changed_conversation_id,changed_undoes}';
  -- What differs when nothing but `completed` changes: what every change moves, and what follows from `completed`. A
  -- column that the system derives from `completed` belongs here.
  follows CONSTANT text[] := '{completed,version,updated_at}';
  was jsonb;
  is_now jsonb;
  kind text;
  next_seq integer;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.deleted_at IS NOT NULL THEN
      RAISE EXCEPTION 'a task cannot be created in the trash' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF (NEW.user_id, NEW.id) IS DISTINCT FROM (OLD.user_id, OLD.id) THEN
      RAISE EXCEPTION 'a task keeps its user and its id' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NOT NULL THEN
      RAISE EXCEPTION 'a task in the trash cannot change' USING ERRCODE = 'check_violation';
    END IF;
    -- The row decides, not the writer: a version is never skipped or repeated, whoever writes.
    NEW.version := OLD.version + 1;
    NEW.created_at := OLD.created_at;
  ELSIF OLD.deleted_at IS NOT NULL OR current_setting('taskwire.purge', true) = 'on' THEN
    RETURN OLD;
  END IF;

  INSERT INTO taskwire.change_counter AS counter (user_id, seq) VALUES (coalesce(NEW.user_id, OLD.user_id), 1)
    ON CONFLICT (user_id) DO UPDATE SET seq = counter.seq + 1
    RETURNING counter.seq INTO next_seq;

  IF TG_OP = 'UPDATE' THEN
    -- After the lock and by the wall clock: the transaction may have waited, and times must not run backwards.
    NEW.updated_at := clock_timestamp();
  END IF;
  IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND OLD.deleted_at IS NULL THEN
    was := to_jsonb(OLD) - bookkeeping;
  END IF;
  IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.deleted_at IS NULL THEN
    is_now := to_jsonb(NEW) - bookkeeping;
  END IF;
  kind := CASE
    WHEN TG_OP = 'INSERT' THEN 'created'
    WHEN is_now IS NULL THEN 'deleted'
    WHEN was IS NULL THEN 'restored'
    WHEN NEW.completed = OLD.completed OR was - follows <> is_now - follows THEN 'updated'
    WHEN NEW.completed THEN 'completed'
    ELSE 'reopened'
  END;

  INSERT INTO taskwire.change
    (user_id, seq, task_id, kind, before, after, via, actor, conversation_id, undoes, key, request, created_at)
  VALUES (
    coalesce(NEW.user_id, OLD.user_id), next_seq, coalesce(NEW.id, OLD.id), kind, was, is_now,
    coalesce(NEW.changed_via, 'sql'), NEW.changed_actor, NEW.changed_conversation_id, NEW.changed_undoes,
    NEW.changed_key, NEW.changed_request, clock_timestamp()
  );

  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  NEW.changed_via := NULL;
  NEW.changed_actor := NULL;
  NEW.changed_key := NULL;
  NEW.changed_request := NULL;
  NEW.changed_conversation_id := NULL;
  NEW.changed_undoes := NULL;
  RETURN NEW;
END
$$;
