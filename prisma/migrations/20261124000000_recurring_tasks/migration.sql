-- Recurring tasks, the manual order, and changes that belong together. See docs/decisions on recurring tasks.
ALTER TABLE "taskwire"."task"
  ADD COLUMN "recurrence" JSONB,
  ADD COLUMN "series_id" INTEGER,
  ADD COLUMN "next_task_id" INTEGER,
  ADD COLUMN "position" TEXT COLLATE "C",
  ADD COLUMN "open_series" INTEGER,
  ADD COLUMN "changed_part_of" INTEGER,
  ADD COLUMN "changed_batch" INTEGER;

ALTER TABLE "taskwire"."change" ADD COLUMN "part_of" INTEGER, ADD COLUMN "batch" INTEGER;

-- A series has at most one open task, whoever writes. The index is on a column that the trigger keeps, null unless the
-- task is open and in a series: a predicate that named `completed` would end HOT updates for every task that is toggled.
CREATE UNIQUE INDEX task_open_series_key ON taskwire.task (user_id, open_series) WHERE open_series IS NOT NULL;
CREATE INDEX task_series_idx ON taskwire.task (user_id, series_id) WHERE series_id IS NOT NULL;

-- As in 20261123000000_rich_tasks, and it keeps the series of a task and numbers the changes that belong together.
-- changed_part_of counts back from the change: 1 is the change just before it. The transaction holds the counter's lock
-- since its first change, so that nothing comes between. changed_batch is the seq of the batch's first change.
CREATE OR REPLACE FUNCTION taskwire.log_task_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  -- Columns that are no part of a task. Everything else is logged.
  bookkeeping CONSTANT text[] :=
    '{deleted_at,open_series,changed_via,changed_actor,changed_key,changed_request,changed_conversation_id,'
    'changed_undoes,changed_part_of,changed_batch}';
  -- What differs when nothing but `completed` changes: what every change moves, and what follows from `completed`. A
  -- column that the system derives from `completed` belongs here.
  follows CONSTANT text[] := '{completed,completed_at,next_task_id,version,updated_at}';
  left_series CONSTANT text[] := '{recurrence,series_id}';
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
  NEW.open_series := CASE WHEN NOT NEW.completed AND NEW.deleted_at IS NULL THEN NEW.series_id END;
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
    WHEN NEW.completed = OLD.completed THEN 'updated'
    -- A task that is reopened alone leaves its series.
    WHEN was - follows <> is_now - follows AND NOT (
      OLD.completed AND NEW.recurrence IS NULL AND NEW.changed_part_of IS NULL
      AND was - follows - left_series = is_now - follows - left_series) THEN 'updated'
    WHEN NEW.completed THEN 'completed'
    ELSE 'reopened'
  END;

  INSERT INTO taskwire.change
    (user_id, seq, task_id, kind, before, after, via, actor, conversation_id, undoes, part_of, batch, key, request,
      created_at)
  VALUES (
    coalesce(NEW.user_id, OLD.user_id), next_seq, coalesce(NEW.id, OLD.id), kind, was, is_now,
    coalesce(NEW.changed_via, 'sql'), NEW.changed_actor, NEW.changed_conversation_id, NEW.changed_undoes,
    next_seq - NEW.changed_part_of, NEW.changed_batch, NEW.changed_key, NEW.changed_request, clock_timestamp()
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
  NEW.changed_part_of := NULL;
  NEW.changed_batch := NULL;
  RETURN NEW;
END
$$;
