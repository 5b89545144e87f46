-- Webhooks, and when tasks remind. See docs/decisions/036 and 037.

CREATE TABLE "taskwire"."webhook" (
    "user_id" VARCHAR(128) NOT NULL,
    "id" SERIAL NOT NULL,
    "url" TEXT NOT NULL,
    "events" TEXT[],
    "description" VARCHAR(200),
    "secret" VARCHAR(100) NOT NULL,
    "former_secret" VARCHAR(100),
    "former_secret_until" TIMESTAMPTZ(3),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "disabled_reason" VARCHAR(16),
    "seq" INTEGER NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "retry_at" TIMESTAMPTZ(3),
    "lease" VARCHAR(36),
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_pkey" PRIMARY KEY ("user_id","id")
);

CREATE TABLE "taskwire"."webhook_delivery" (
    "user_id" VARCHAR(128) NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "webhook_id" INTEGER NOT NULL,
    "event_key" TEXT NOT NULL,
    "seq" INTEGER,
    "type" VARCHAR(20) NOT NULL,
    "payload" JSONB,
    "queued" BOOLEAN NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "status" VARCHAR(9) NOT NULL,
    "response_status" SMALLINT,
    "error" TEXT,
    "last_attempt_at" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("user_id","id")
);

CREATE INDEX "webhook_delivery_user_id_webhook_id_id_idx" ON "taskwire"."webhook_delivery"("user_id", "webhook_id", "id");
CREATE INDEX "webhook_delivery_created_at_idx" ON "taskwire"."webhook_delivery"("created_at");
CREATE UNIQUE INDEX "webhook_delivery_user_id_webhook_id_event_key_key" ON "taskwire"."webhook_delivery"("user_id", "webhook_id", "event_key");

ALTER TABLE "taskwire"."webhook_delivery" ADD CONSTRAINT "webhook_delivery_user_id_webhook_id_fkey" FOREIGN KEY ("user_id", "webhook_id") REFERENCES "taskwire"."webhook"("user_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "taskwire"."reminder" (
    "user_id" VARCHAR(128) NOT NULL,
    "task_id" INTEGER NOT NULL,
    "remind_at" TIMESTAMPTZ(3) NOT NULL,
    "snooze_of" TIMESTAMPTZ(3),
    "fire_at" TIMESTAMPTZ(3),
    "fired_at" TIMESTAMPTZ(3),
    "seen_at" TIMESTAMPTZ(3),
    "late" BOOLEAN NOT NULL DEFAULT false,
    "announced_at" TIMESTAMPTZ(3),
    "zones" VARCHAR(20) NOT NULL,

    CONSTRAINT "reminder_pkey" PRIMARY KEY ("user_id","task_id","remind_at")
);

CREATE INDEX "reminder_user_id_remind_at_task_id_idx" ON "taskwire"."reminder"("user_id", "remind_at", "task_id");
CREATE INDEX "reminder_user_id_announced_at_idx" ON "taskwire"."reminder"("user_id", "announced_at");

CREATE TABLE "taskwire"."unplanned_task" (
    "user_id" VARCHAR(128) NOT NULL,
    "task_id" INTEGER NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "unplanned_task_pkey" PRIMARY KEY ("user_id","task_id")
);

-- From here on: what Prisma's schema cannot say. A test asserts that each of these exists.

CREATE INDEX webhook_delivery_queued_idx ON taskwire.webhook_delivery (next_attempt_at) WHERE queued;
CREATE INDEX reminder_fire_at_idx ON taskwire.reminder (fire_at) WHERE fire_at IS NOT NULL;
-- Tasks without a reminder are not in it, and a change of theirs does not touch it.
CREATE INDEX task_reminders_idx ON taskwire.task (user_id, id) WHERE reminders <> '{}';

CREATE TRIGGER webhook_owner AFTER INSERT ON taskwire.webhook
  FOR EACH ROW EXECUTE FUNCTION taskwire.refuse_deleted_user();

-- The instants of reminders depend on the time zone database, which is the server's: the transaction of a write notes
-- that the task has to be planned, and the server plans it within a second of the commit. Where neither the old nor the
-- new row has a reminder, the conditions of the triggers are all that a write pays.
CREATE FUNCTION taskwire.note_unplanned_task() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO taskwire.unplanned_task (user_id, task_id, changed_at) VALUES (NEW.user_id, NEW.id, clock_timestamp())
    ON CONFLICT (user_id, task_id) DO UPDATE SET changed_at = excluded.changed_at;
  RETURN NULL;
END
$$;

CREATE TRIGGER task_reminders_set AFTER INSERT ON taskwire.task
  FOR EACH ROW WHEN (NEW.reminders <> '{}') EXECUTE FUNCTION taskwire.note_unplanned_task();

CREATE TRIGGER task_reminders_moved AFTER UPDATE ON taskwire.task
  FOR EACH ROW WHEN ((OLD.reminders <> '{}' OR NEW.reminders <> '{}')
    AND (OLD.reminders, OLD.completed, OLD.deleted_at, OLD.due_date, OLD.due_time, OLD.due_zone)
      IS DISTINCT FROM (NEW.reminders, NEW.completed, NEW.deleted_at, NEW.due_date, NEW.due_time, NEW.due_zone))
  EXECUTE FUNCTION taskwire.note_unplanned_task();

CREATE FUNCTION taskwire.forget_reminders() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM taskwire.unplanned_task WHERE user_id = OLD.user_id AND task_id = OLD.id;
  DELETE FROM taskwire.reminder WHERE user_id = OLD.user_id AND task_id = OLD.id;
  RETURN NULL;
END
$$;

CREATE TRIGGER task_reminders_gone AFTER DELETE ON taskwire.task
  FOR EACH ROW WHEN (OLD.reminders <> '{}') EXECUTE FUNCTION taskwire.forget_reminders();

-- A time that is not in a zone of its own is in the user's, and a day without a time is due at their remind_time.
CREATE FUNCTION taskwire.note_unplanned_tasks() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  -- Every write of tasks takes this lock before it notes them, so the two cannot wait for each other.
  PERFORM FROM taskwire.change_counter WHERE user_id = NEW.user_id FOR UPDATE;
  INSERT INTO taskwire.unplanned_task (user_id, task_id, changed_at)
    SELECT user_id, id, clock_timestamp() FROM taskwire.task
    WHERE user_id = NEW.user_id AND reminders <> '{}' AND NOT completed AND deleted_at IS NULL ORDER BY id
    ON CONFLICT (user_id, task_id) DO UPDATE SET changed_at = excluded.changed_at;
  RETURN NULL;
END
$$;

CREATE TRIGGER settings_set AFTER INSERT ON taskwire.settings
  FOR EACH ROW EXECUTE FUNCTION taskwire.note_unplanned_tasks();

CREATE TRIGGER settings_changed AFTER UPDATE ON taskwire.settings
  FOR EACH ROW WHEN ((OLD.time_zone, OLD.remind_time) IS DISTINCT FROM (NEW.time_zone, NEW.remind_time))
  EXECUTE FUNCTION taskwire.note_unplanned_tasks();

-- Tasks of before this migration.
INSERT INTO taskwire.unplanned_task (user_id, task_id, changed_at)
  SELECT user_id, id, clock_timestamp() FROM taskwire.task
  WHERE reminders <> '{}' AND NOT completed AND deleted_at IS NULL;

-- As in 20261123000000_rich_tasks, and it deletes webhooks and reminders.
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
  -- Before the reminders: planning locks the task that it plans here, and ends first.
  DELETE FROM taskwire.unplanned_task WHERE user_id = OLD.id;
  DELETE FROM taskwire.reminder WHERE user_id = OLD.id;
  DELETE FROM taskwire.webhook WHERE user_id = OLD.id;
  RETURN NULL;
END
$$;
