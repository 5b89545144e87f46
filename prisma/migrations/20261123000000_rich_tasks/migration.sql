-- The fields of rich tasks. Those that a task of before this migration lacks have the default of a new task: its
-- completed_at too, because nothing says when it was completed once its log is purged.
ALTER TABLE "taskwire"."task"
  ADD COLUMN "priority" VARCHAR(6),
  ADD COLUMN "tags" TEXT[] NOT NULL DEFAULT '{}',
  ADD COLUMN "due_date" DATE,
  ADD COLUMN "due_time" VARCHAR(5),
  ADD COLUMN "due_zone" TEXT,
  ADD COLUMN "due_at" TIMESTAMPTZ(3),
  ADD COLUMN "start_date" DATE,
  ADD COLUMN "reminders" TEXT[] NOT NULL DEFAULT '{}',
  ADD COLUMN "checklist" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "completed_at" TIMESTAMPTZ(3);

CREATE TABLE "taskwire"."settings" (
  "user_id" VARCHAR(128) NOT NULL,
  "time_zone" TEXT,
  "remind_time" VARCHAR(5) NOT NULL DEFAULT '09:00',

  CONSTRAINT "settings_pkey" PRIMARY KEY ("user_id")
);

-- As in 20261122000000_log_every_field, and it keeps completed_at, which follows from completed.
CREATE OR REPLACE FUNCTION taskwire.log_task_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  -- Columns that are no part of a task. Everything else is logged.
  bookkeeping CONSTANT text[] :=
    '{deleted_at,changed_via,changed_actor,changed_key,changed_request,changed_conversation_id,changed_undoes}';
  -- What differs when nothing but `completed` changes: what every change moves, and what follows from `completed`. A
  -- column that the system derives from `completed` belongs here.
  follows CONSTANT text[] := '{completed,completed_at,version,updated_at}';
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

-- As in 20261121000100_sign_in, and it deletes the settings.
CREATE OR REPLACE FUNCTION taskwire.forget_user() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  purging CONSTANT text := coalesce(current_setting('taskwire.purge', true), '');
BEGIN
  -- In the order in which every write locks, or the two could wait for each other: tasks, then the counter that orders
  -- the user's changes. A write under way ends first, a later one begins a new log.
  PERFORM FROM taskwire.task WHERE user_id = OLD.id ORDER BY id FOR UPDATE;
  PERFORM FROM taskwire.change_counter WHERE user_id = OLD.id FOR UPDATE;
  PERFORM set_config('taskwire.purge', 'on', true);
  DELETE FROM taskwire.task WHERE user_id = OLD.id;
  PERFORM set_config('taskwire.purge', purging, true);
  DELETE FROM taskwire.change WHERE user_id = OLD.id;
  DELETE FROM taskwire.message WHERE user_id = OLD.id;
  DELETE FROM taskwire.conversation WHERE user_id = OLD.id;
  DELETE FROM taskwire.change_counter WHERE user_id = OLD.id;
  DELETE FROM taskwire.settings WHERE user_id = OLD.id;
  RETURN NULL;
END
$$;
