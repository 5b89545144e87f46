-- Entries of the log without empty fields, and one write of the counter for many rows. See docs/decisions/025.

-- Null: the entry has every column that existed. Otherwise it lacks those that were null, and `shape` says which existed.
ALTER TABLE "taskwire"."change" ADD COLUMN "shape" SMALLINT;

-- The shape of the entries that are written now. A migration that adds a field to task replaces this function by one
-- that returns the next number, and the field says in fields.ts that it exists since then.
CREATE FUNCTION taskwire.task_shape() RETURNS smallint
LANGUAGE sql IMMUTABLE AS $$ SELECT 1::smallint $$;

-- A transaction counts its first change of a user in the counter, whose lock then keeps the user's other writers out
-- until the commit. The further ones are counted in the setting taskwire.counted, and written to the counter at the
-- commit: each write of it leaves a dead version that the next one has to pass, so that 30,000 took half a minute. The
-- setting is a sign, the seq, a blank and the user; the sign is + where the counter is behind, else =. It is local to the
-- transaction, and a savepoint that is rolled back takes it along as it does the counter.
ALTER TABLE "taskwire"."change_counter" ADD COLUMN "behind" BOOLEAN NOT NULL DEFAULT false;

-- The next seq of a user in a transaction that has changed tasks before.
CREATE FUNCTION taskwire.next_seq(owner text) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  counted text := current_setting('taskwire.counted');
  next_seq integer;
BEGIN
  IF substring(counted FROM ' (.*)$') = owner THEN
    IF counted LIKE '=%' THEN
      UPDATE taskwire.change_counter SET behind = true WHERE user_id = owner;
    END IF;
    -- Not found: the transaction has deleted the user meanwhile.
    IF counted LIKE '+%' OR FOUND THEN
      next_seq := substring(counted FROM '\d+')::integer + 1;
      counted := set_config('taskwire.counted', '+' || next_seq || ' ' || owner, true);
      RETURN next_seq;
    END IF;
  ELSE
    PERFORM taskwire.write_counter();
  END IF;
  INSERT INTO taskwire.change_counter AS counter (user_id, seq) VALUES (owner, 1)
    ON CONFLICT (user_id) DO UPDATE SET seq = counter.seq + 1 RETURNING counter.seq INTO next_seq;
  counted := set_config('taskwire.counted', '=' || next_seq || ' ' || owner, true);
  RETURN next_seq;
END
$$;

-- Writes the counter of the user whose changes the setting counts, if it is behind.
CREATE FUNCTION taskwire.write_counter() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  counted text := current_setting('taskwire.counted', true);
BEGIN
  IF counted LIKE '+%' THEN
    -- Inserted where the transaction has deleted the user meanwhile.
    INSERT INTO taskwire.change_counter (user_id, seq)
      VALUES (substring(counted FROM ' (.*)$'), substring(counted FROM '\d+')::integer)
      ON CONFLICT (user_id) DO UPDATE SET seq = excluded.seq, behind = false;
    counted := set_config('taskwire.counted', overlay(counted PLACING '=' FROM 1), true);
  END IF;
END
$$;

CREATE FUNCTION taskwire.write_counter_behind() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM taskwire.write_counter();
  RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER change_counter_behind AFTER UPDATE OF behind ON taskwire.change_counter
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.behind) EXECUTE FUNCTION taskwire.write_counter_behind();

-- As in 20261124000000_recurring_tasks. It counts as described above, leaves empty fields out of entries, and compares
-- rows instead of entries.
CREATE OR REPLACE FUNCTION taskwire.log_task_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  -- What this transaction has counted, as taskwire.next_seq describes it. Null or empty before its first change.
  counted text := current_setting('taskwire.counted', true);
  owner text;
  sent record;
  was jsonb;
  is_now jsonb;
  kind text;
  next_seq integer;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NOT NULL THEN
      RAISE EXCEPTION 'a task in the trash cannot change' USING ERRCODE = 'check_violation';
    END IF;
    owner := NEW.user_id;
  ELSIF TG_OP = 'INSERT' THEN
    IF NEW.deleted_at IS NOT NULL THEN
      RAISE EXCEPTION 'a task cannot be created in the trash' USING ERRCODE = 'check_violation';
    END IF;
    owner := NEW.user_id;
  ELSE
    IF OLD.deleted_at IS NOT NULL OR current_setting('taskwire.purge', true) = 'on' THEN
      RETURN OLD;
    END IF;
    owner := OLD.user_id;
  END IF;

  IF counted <> '' THEN
    next_seq := taskwire.next_seq(owner);
  ELSE
    INSERT INTO taskwire.change_counter AS counter (user_id, seq) VALUES (owner, 1)
      ON CONFLICT (user_id) DO UPDATE SET seq = counter.seq + 1 RETURNING counter.seq INTO next_seq;
    counted := set_config('taskwire.counted', '=' || next_seq || ' ' || owner, true);
  END IF;

  IF TG_OP = 'UPDATE' THEN
    -- The row decides, not the writer: a version is never skipped or repeated, whoever writes.
    NEW.version := OLD.version + 1;
    NEW.created_at := OLD.created_at;
    -- After the lock and by the wall clock: the transaction may have waited, and times must not run backwards.
    NEW.updated_at := clock_timestamp();
  END IF;

  IF NOT NEW.completed THEN
    NEW.completed_at := NULL;
  ELSIF TG_OP = 'INSERT' OR NOT OLD.completed THEN
    -- An undo names the time that it restores, which the row no longer has.
    NEW.completed_at := coalesce(NEW.completed_at, NEW.updated_at);
  END IF;
  -- A task with a recurrence is in a series, one without it in none. The first task of a series names it, unless that
  -- number is taken: a task that left its series may begin another one.
  IF NEW.recurrence IS NULL THEN
    NEW.series_id := NULL;
  ELSIF NEW.series_id IS NULL THEN
    NEW.series_id := NEW.id;
    IF EXISTS (SELECT FROM taskwire.task WHERE user_id = NEW.user_id AND series_id = NEW.id) THEN
      NEW.series_id := nextval('taskwire.task_id_seq');
    END IF;
  END IF;

  -- An entry is the row without its empty columns. Those that are no part of a task are empty here.
  sent := NEW;
  NEW.changed_via := NULL;
  NEW.changed_actor := NULL;
  NEW.changed_key := NULL;
  NEW.changed_request := NULL;
  NEW.changed_conversation_id := NULL;
  NEW.changed_undoes := NULL;
  NEW.changed_part_of := NULL;
  NEW.changed_batch := NULL;
  NEW.open_series := NULL;
  OLD.open_series := NULL;
  IF TG_OP <> 'INSERT' AND OLD.deleted_at IS NULL THEN
    was := jsonb_strip_nulls(to_jsonb(OLD));
    -- Servers from before this migration need the key.
    IF OLD.description IS NULL THEN
      was := was || '{"description": null}';
    END IF;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.deleted_at IS NULL THEN
    is_now := jsonb_strip_nulls(to_jsonb(NEW));
    IF NEW.description IS NULL THEN
      is_now := is_now || '{"description": null}';
    END IF;
  END IF;
  IF TG_OP = 'INSERT' THEN
    kind := 'created';
  ELSIF is_now IS NULL THEN
    kind := 'deleted';
  ELSIF was IS NULL THEN
    kind := 'restored';
  ELSIF NEW.completed = OLD.completed THEN
    kind := 'updated';
  ELSE
    -- Completed or reopened if nothing else differs: what every change moves is put aside, and what follows from
    -- `completed`. A column that the system derives from `completed` belongs here.
    OLD.completed := NEW.completed;
    OLD.completed_at := NEW.completed_at;
    OLD.next_task_id := NEW.next_task_id;
    OLD.version := NEW.version;
    OLD.updated_at := NEW.updated_at;
    -- A task that is reopened alone leaves its series.
    IF NOT NEW.completed AND NEW.recurrence IS NULL AND sent.changed_part_of IS NULL THEN
      OLD.recurrence := NULL;
      OLD.series_id := NULL;
    END IF;
    kind := CASE WHEN OLD *<> NEW THEN 'updated' WHEN NEW.completed THEN 'completed' ELSE 'reopened' END;
  END IF;

  INSERT INTO taskwire.change
    (user_id, seq, task_id, kind, shape, before, after, via, actor, conversation_id, undoes, part_of, batch, key, request,
      created_at)
  VALUES (
    owner, next_seq, coalesce(sent.id, OLD.id), kind, taskwire.task_shape(), was, is_now,
    coalesce(sent.changed_via, 'sql'), sent.changed_actor, sent.changed_conversation_id, sent.changed_undoes,
    next_seq - sent.changed_part_of, sent.changed_batch, sent.changed_key, sent.changed_request, clock_timestamp()
  );

  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  -- Kept for the index of open series.
  IF NOT NEW.completed AND NEW.deleted_at IS NULL THEN
    NEW.open_series := NEW.series_id;
  END IF;
  RETURN NEW;
END
$$;

-- A column is compared where it may have changed, instead of in every update.
CREATE FUNCTION taskwire.refuse_other_key() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.user_id, NEW.id) IS DISTINCT FROM (OLD.user_id, OLD.id) THEN
    RAISE EXCEPTION 'a task keeps its user and its id' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER task_key BEFORE UPDATE OF user_id, id ON taskwire.task
  FOR EACH ROW EXECUTE FUNCTION taskwire.refuse_other_key();
