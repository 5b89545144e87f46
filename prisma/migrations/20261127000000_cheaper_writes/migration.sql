-- A logged write costs PostgreSQL less: see docs/decisions/051. Entries of the log are what they were.
--
-- PL/pgSQL prepares each expression anew in every transaction, which costs more than evaluating it. So each
-- kind of write has its own path, and what most writes do not need is behind one condition. A condition of a trigger
-- (WHEN) is even parsed anew for every statement, so the functions have those of reminders and of keys.

-- An idempotency key belongs to its user and stands for one request. The writer holds the lock of the user's counter.
CREATE FUNCTION taskwire.refuse_key_of_message(owner text, its_key text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM taskwire.message WHERE user_id = owner AND key = its_key) THEN
    RAISE EXCEPTION 'a message has this key' USING ERRCODE = 'TW422';
  END IF;
END
$$;

CREATE FUNCTION taskwire.note_unplanned_task(owner text, its_id integer) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO taskwire.unplanned_task (user_id, task_id, changed_at) VALUES (owner, its_id, clock_timestamp())
    ON CONFLICT (user_id, task_id) DO UPDATE SET changed_at = excluded.changed_at
$$;

-- A task with a recurrence is in a series. The first task of a series names it, unless that number is taken: a task that
-- left its series may begin another one.
CREATE FUNCTION taskwire.new_series(owner text, its_id integer) RETURNS integer
LANGUAGE sql AS $$
  SELECT CASE WHEN EXISTS (SELECT FROM taskwire.task WHERE user_id = owner AND series_id = its_id)
    THEN nextval('taskwire.task_id_seq')::integer ELSE its_id END
$$;

CREATE OR REPLACE FUNCTION taskwire.log_task_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  next_seq integer;
  -- What this transaction has counted, as taskwire.next_seq describes it. Null or empty before its first change.
  counted text;
  sent record;
  was jsonb;
  is_now jsonb;
  kind text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.deleted_at IS NOT NULL THEN
      RAISE EXCEPTION 'a task cannot be created in the trash' USING ERRCODE = 'check_violation';
    END IF;

    IF current_setting('taskwire.counted', true) <> '' THEN
      next_seq := taskwire.next_seq(NEW.user_id);
    ELSE
      INSERT INTO taskwire.change_counter AS counter (user_id, seq) VALUES (NEW.user_id, 1)
        ON CONFLICT (user_id) DO UPDATE SET seq = counter.seq + 1
        RETURNING counter.seq, set_config('taskwire.counted', '=' || counter.seq || ' ' || counter.user_id, true)
        INTO next_seq, counted;
    END IF;

    IF NEW.completed OR NEW.completed_at IS NOT NULL OR NEW.recurrence IS NOT NULL OR NEW.series_id IS NOT NULL
        OR NEW.open_series IS NOT NULL OR NEW.open_due IS NOT NULL THEN
      NEW.completed_at := CASE WHEN NEW.completed THEN coalesce(NEW.completed_at, NEW.updated_at) END;
      NEW.series_id := CASE WHEN NEW.recurrence IS NOT NULL
        THEN coalesce(NEW.series_id, taskwire.new_series(NEW.user_id, NEW.id)) END;
      NEW.open_series := NULL;
      NEW.open_due := NULL;
    END IF;

    -- An entry is the row without its empty columns. Those that are no part of a task are empty here.
    sent := NEW;
    NEW.changed_via := NULL;
    NEW.changed_actor := NULL;
    IF NOT (NEW.changed_key, NEW.changed_request, NEW.changed_conversation_id, NEW.changed_undoes, NEW.changed_part_of,
        NEW.changed_batch) IS NULL THEN
      IF NEW.changed_key IS NOT NULL THEN
        PERFORM taskwire.refuse_key_of_message(NEW.user_id, NEW.changed_key);
      END IF;
      NEW.changed_key := NULL;
      NEW.changed_request := NULL;
      NEW.changed_conversation_id := NULL;
      NEW.changed_undoes := NULL;
      NEW.changed_part_of := NULL;
      NEW.changed_batch := NULL;
    END IF;

    INSERT INTO taskwire.change
      (user_id, seq, task_id, kind, shape, after, via, actor, conversation_id, undoes, part_of, batch, key, request,
        created_at)
    VALUES (
      sent.user_id, next_seq, sent.id, 'created', taskwire.task_shape(),
      -- Servers from before entries had no empty fields need the key.
      jsonb_strip_nulls(to_jsonb(NEW))
        || CASE WHEN sent.description IS NULL THEN jsonb '{"description": null}' ELSE jsonb '{}' END,
      coalesce(sent.changed_via, 'sql'), sent.changed_actor, sent.changed_conversation_id, sent.changed_undoes,
      next_seq - sent.changed_part_of, sent.changed_batch, sent.changed_key, sent.changed_request, clock_timestamp()
    );

    IF NEW.series_id IS NOT NULL OR NEW.due_date IS NOT NULL OR NEW.reminders <> '{}' THEN
      -- Kept for their indexes: the open task of a series, and the views by due date.
      IF NOT NEW.completed THEN
        NEW.open_series := NEW.series_id;
        NEW.open_due := NEW.due_date;
      END IF;
      IF NEW.reminders <> '{}' THEN
        PERFORM taskwire.note_unplanned_task(NEW.user_id, NEW.id);
      END IF;
    END IF;
    RETURN NEW;
  END IF;

  IF TG_OP = 'UPDATE' THEN
    IF OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NOT NULL THEN
      RAISE EXCEPTION 'a task in the trash cannot change' USING ERRCODE = 'check_violation';
    END IF;

    IF current_setting('taskwire.counted', true) <> '' THEN
      next_seq := taskwire.next_seq(NEW.user_id);
    ELSE
      INSERT INTO taskwire.change_counter AS counter (user_id, seq) VALUES (NEW.user_id, 1)
        ON CONFLICT (user_id) DO UPDATE SET seq = counter.seq + 1
        RETURNING counter.seq, set_config('taskwire.counted', '=' || counter.seq || ' ' || counter.user_id, true)
        INTO next_seq, counted;
    END IF;

    sent := NEW;
    NEW.changed_via := NULL;
    NEW.changed_actor := NULL;
    IF NOT (NEW.changed_key, NEW.changed_request, NEW.changed_conversation_id, NEW.changed_undoes, NEW.changed_part_of,
        NEW.changed_batch, NEW.open_series, NEW.open_due, OLD.open_series, OLD.open_due) IS NULL THEN
      IF NEW.changed_key IS NOT NULL THEN
        PERFORM taskwire.refuse_key_of_message(NEW.user_id, NEW.changed_key);
      END IF;
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
    END IF;

    was := CASE WHEN OLD.deleted_at IS NULL THEN jsonb_strip_nulls(to_jsonb(OLD))
      || CASE WHEN OLD.description IS NULL THEN jsonb '{"description": null}' ELSE jsonb '{}' END END;

    IF NEW.completed <> OLD.completed THEN
      kind := CASE WHEN NEW.completed THEN 'completed' ELSE 'reopened' END;
      OLD.completed := NEW.completed;
      -- Nothing else was written. Its entry is the old one with what follows.
      IF OLD *= NEW THEN
        NEW.version := OLD.version + 1;
        NEW.updated_at := clock_timestamp();
        NEW.completed_at := CASE WHEN NEW.completed THEN coalesce(NEW.completed_at, NEW.updated_at) END;
        is_now := CASE WHEN NEW.completed
          THEN was || jsonb_build_object('version', NEW.version, 'completed', NEW.completed,
            'updated_at', NEW.updated_at, 'completed_at', NEW.completed_at)
          ELSE (was - 'completed_at')
            || jsonb_build_object('version', NEW.version, 'completed', NEW.completed, 'updated_at', NEW.updated_at) END;
      END IF;
    END IF;

    IF is_now IS NULL THEN
      -- The row decides, not the writer: a version is never skipped or repeated, whoever writes.
      NEW.version := OLD.version + 1;
      NEW.created_at := OLD.created_at;
      -- After the lock and by the wall clock: the transaction may have waited, and times must not run backwards.
      NEW.updated_at := clock_timestamp();
      -- An undo names the time that it restores, which the row no longer has.
      NEW.completed_at := CASE WHEN NOT NEW.completed THEN NULL
        WHEN kind = 'completed' THEN coalesce(NEW.completed_at, NEW.updated_at) ELSE NEW.completed_at END;
      IF NEW.recurrence IS NOT NULL OR NEW.series_id IS NOT NULL THEN
        NEW.series_id := CASE WHEN NEW.recurrence IS NOT NULL
          THEN coalesce(NEW.series_id, taskwire.new_series(NEW.user_id, NEW.id)) END;
      END IF;
      is_now := CASE WHEN NEW.deleted_at IS NULL THEN jsonb_strip_nulls(to_jsonb(NEW))
        || CASE WHEN NEW.description IS NULL THEN jsonb '{"description": null}' ELSE jsonb '{}' END END;

      IF is_now IS NULL THEN
        kind := 'deleted';
      ELSIF was IS NULL THEN
        kind := 'restored';
      ELSIF kind IS NULL THEN
        kind := 'updated';
      ELSE
        -- Completed or reopened if nothing else differs: what every change moves is put aside, and what follows from
        -- `completed`. A column that the system derives from `completed` belongs here.
        OLD.completed_at := NEW.completed_at;
        OLD.next_task_id := NEW.next_task_id;
        OLD.version := NEW.version;
        OLD.updated_at := NEW.updated_at;
        -- A task that is reopened alone leaves its series.
        IF NOT NEW.completed AND NEW.recurrence IS NULL AND sent.changed_part_of IS NULL THEN
          OLD.recurrence := NULL;
          OLD.series_id := NULL;
        END IF;
        kind := CASE WHEN OLD *<> NEW THEN 'updated' ELSE kind END;
      END IF;
    END IF;

    INSERT INTO taskwire.change
      (user_id, seq, task_id, kind, shape, before, after, via, actor, conversation_id, undoes, part_of, batch, key, request,
        created_at)
    VALUES (
      sent.user_id, next_seq, sent.id, kind, taskwire.task_shape(), was, is_now,
      coalesce(sent.changed_via, 'sql'), sent.changed_actor, sent.changed_conversation_id, sent.changed_undoes,
      next_seq - sent.changed_part_of, sent.changed_batch, sent.changed_key, sent.changed_request, clock_timestamp()
    );

    IF NEW.series_id IS NOT NULL OR NEW.due_date IS NOT NULL OR NEW.reminders <> '{}' OR OLD.reminders <> '{}' THEN
      IF NOT NEW.completed AND NEW.deleted_at IS NULL THEN
        NEW.open_series := NEW.series_id;
        NEW.open_due := NEW.due_date;
      END IF;
      IF (NEW.reminders <> '{}' OR OLD.reminders <> '{}')
          AND ((was -> 'completed')::boolean, OLD.reminders, OLD.deleted_at, OLD.due_date, OLD.due_time, OLD.due_zone)
            IS DISTINCT FROM (NEW.completed, NEW.reminders, NEW.deleted_at, NEW.due_date, NEW.due_time, NEW.due_zone) THEN
        PERFORM taskwire.note_unplanned_task(NEW.user_id, NEW.id);
      END IF;
    END IF;
    RETURN NEW;
  END IF;

  IF OLD.deleted_at IS NOT NULL OR current_setting('taskwire.purge', true) = 'on' THEN
    RETURN OLD;
  END IF;
  IF current_setting('taskwire.counted', true) <> '' THEN
    next_seq := taskwire.next_seq(OLD.user_id);
  ELSE
    INSERT INTO taskwire.change_counter AS counter (user_id, seq) VALUES (OLD.user_id, 1)
      ON CONFLICT (user_id) DO UPDATE SET seq = counter.seq + 1
      RETURNING counter.seq, set_config('taskwire.counted', '=' || counter.seq || ' ' || counter.user_id, true)
      INTO next_seq, counted;
  END IF;
  OLD.open_series := NULL;
  OLD.open_due := NULL;
  INSERT INTO taskwire.change (user_id, seq, task_id, kind, shape, before, via, created_at)
  VALUES (
    OLD.user_id, next_seq, OLD.id, 'deleted', taskwire.task_shape(),
    jsonb_strip_nulls(to_jsonb(OLD))
      || CASE WHEN OLD.description IS NULL THEN jsonb '{"description": null}' ELSE jsonb '{}' END,
    'sql', clock_timestamp()
  );
  RETURN OLD;
END
$$;

DROP TRIGGER task_reminders_set ON taskwire.task;
DROP TRIGGER task_reminders_moved ON taskwire.task;
DROP FUNCTION taskwire.note_unplanned_task();
DROP TRIGGER change_key ON taskwire.change;
DROP FUNCTION taskwire.refuse_key_of_message();
