-- Indexes of the views. See docs/decisions/028.

-- The due date while a task is pending and not in the trash, else null. An index on due_date whose predicate named
-- `completed` would touch every index at each toggle of any task; this column changes only where a task has a due date.
ALTER TABLE "taskwire"."task" ADD COLUMN "open_due" DATE;

-- Not a change of the tasks, so neither a version nor an entry of the log.
ALTER TABLE taskwire.task DISABLE TRIGGER USER;
UPDATE taskwire.task SET open_due = due_date WHERE due_date IS NOT NULL AND NOT completed AND deleted_at IS NULL;
ALTER TABLE taskwire.task ENABLE TRIGGER USER;

-- In the order of `sort=due_date`, so that a page of a view is read from its first task on.
CREATE INDEX task_open_due_idx
  ON taskwire.task (user_id, open_due, (coalesce(due_time, '24:00') COLLATE "C"), id) WHERE open_due IS NOT NULL;

-- Tasks without a tag are not in it and cost nothing. It needs btree_gin, which 20261121000300_search creates where it may.
DO $$
BEGIN
  CREATE INDEX task_tags_idx ON taskwire.task USING gin (user_id, tags) WITH (gin_pending_list_limit = 256)
    WHERE tags <> '{}';
EXCEPTION WHEN undefined_object THEN
  RAISE NOTICE 'tags have no index: %', SQLERRM;
END
$$;

-- As in 20261124003500_small_log_entries, and it keeps open_due.
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
  NEW.open_due := NULL;
  OLD.open_series := NULL;
  OLD.open_due := NULL;
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
  -- Kept for their indexes: the open task of a series, and the views by due date.
  IF NOT NEW.completed AND NEW.deleted_at IS NULL THEN
    NEW.open_series := NEW.series_id;
    NEW.open_due := NEW.due_date;
  END IF;
  RETURN NEW;
END
$$;
