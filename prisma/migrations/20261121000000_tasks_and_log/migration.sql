CREATE SCHEMA IF NOT EXISTS "taskwire";

CREATE TABLE "taskwire"."task" (
    "user_id" VARCHAR(128) NOT NULL,
    "id" SERIAL NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "description" VARCHAR(1000),
    "completed" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,
    "deleted_at" TIMESTAMPTZ(3),
    "changed_via" VARCHAR(8),
    "changed_key" VARCHAR(255),
    "changed_request" CHAR(43),
    "changed_conversation_id" INTEGER,
    "changed_undoes" INTEGER,

    CONSTRAINT "task_pkey" PRIMARY KEY ("user_id", "id")
);

CREATE TABLE "taskwire"."change" (
    "user_id" VARCHAR(128) NOT NULL,
    "seq" INTEGER NOT NULL,
    "task_id" INTEGER NOT NULL,
    "kind" VARCHAR(9) NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "via" VARCHAR(8) NOT NULL,
    "conversation_id" INTEGER,
    "undoes" INTEGER,
    "key" VARCHAR(255),
    "request" CHAR(43),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "change_pkey" PRIMARY KEY ("user_id", "seq")
);

CREATE TABLE "taskwire"."change_counter" (
    "user_id" VARCHAR(128) NOT NULL,
    "seq" INTEGER NOT NULL,

    CONSTRAINT "change_counter_pkey" PRIMARY KEY ("user_id")
);

CREATE TABLE "taskwire"."conversation" (
    "user_id" VARCHAR(128) NOT NULL,
    "id" SERIAL NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_holder" VARCHAR(64),
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "conversation_pkey" PRIMARY KEY ("user_id", "id")
);

CREATE TABLE "taskwire"."message" (
    "user_id" VARCHAR(128) NOT NULL,
    "id" SERIAL NOT NULL,
    "conversation_id" INTEGER NOT NULL,
    "role" VARCHAR(9) NOT NULL,
    "content" TEXT NOT NULL,
    "tool_calls" JSONB,
    "status" VARCHAR(16),
    "model" VARCHAR(200),
    "answers" INTEGER,
    "key" VARCHAR(255),
    "request" CHAR(43),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "message_pkey" PRIMARY KEY ("user_id", "id")
);

CREATE INDEX "task_user_id_created_at_id_idx" ON "taskwire"."task"("user_id", "created_at" DESC, "id" DESC);

CREATE INDEX "change_user_id_task_id_seq_idx" ON "taskwire"."change"("user_id", "task_id", "seq");

CREATE INDEX "conversation_user_id_updated_at_id_idx" ON "taskwire"."conversation"("user_id", "updated_at" DESC, "id" DESC);

CREATE INDEX "message_user_id_conversation_id_id_idx" ON "taskwire"."message"("user_id", "conversation_id", "id");

ALTER TABLE "taskwire"."message" ADD CONSTRAINT "message_user_id_conversation_id_fkey" FOREIGN KEY ("user_id", "conversation_id") REFERENCES "taskwire"."conversation"("user_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- From here on: what Prisma's schema cannot say. A test asserts that each of these exists.

-- A key is remembered once per user; most writes carry none, so they take no room in the index.
CREATE UNIQUE INDEX change_user_id_key_key ON taskwire.change (user_id, key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX message_user_id_key_key ON taskwire.message (user_id, key) WHERE key IS NOT NULL;

-- What the assistant did in a conversation, and whether a change was undone. Few changes are either.
CREATE INDEX change_conversation_id_idx ON taskwire.change (user_id, conversation_id, seq) WHERE conversation_id IS NOT NULL;
CREATE INDEX change_undoes_idx ON taskwire.change (user_id, undoes) WHERE undoes IS NOT NULL;

-- The purge finds old changes and old trash without reading the tables.
CREATE INDEX change_created_at_idx ON taskwire.change USING brin (created_at) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX task_deleted_at_idx ON taskwire.task (deleted_at) WHERE deleted_at IS NOT NULL;

-- Room in each page for the next version of a row: an update then touches no index.
ALTER TABLE taskwire.task SET (fillfactor = 80);
ALTER TABLE taskwire.change_counter SET (fillfactor = 50);

-- The log. Whatever writes a task, in whatever way, leaves one change with the user's next seq in the same transaction.
-- A physical DELETE of a task in the trash, or under the transaction-local setting taskwire.purge = 'on', is not a change.
CREATE FUNCTION taskwire.log_task_change() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  internal CONSTANT text[] := '{deleted_at,changed_via,changed_key,changed_request,changed_conversation_id,changed_undoes}';
  was jsonb;
  is_now jsonb;
  kind text;
  next_seq integer;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.deleted_at IS NOT NULL THEN
      RAISE EXCEPTION 'a task cannot be created in the trash' USING ERRCODE = 'check_violation';
    END IF;
    kind := 'created';
  ELSIF TG_OP = 'UPDATE' THEN
    IF (NEW.user_id, NEW.id) IS DISTINCT FROM (OLD.user_id, OLD.id) THEN
      RAISE EXCEPTION 'a task keeps its user and its id' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NOT NULL THEN
      RAISE EXCEPTION 'a task in the trash cannot change' USING ERRCODE = 'check_violation';
    END IF;
    kind := CASE
      WHEN NEW.deleted_at IS NOT NULL THEN 'deleted'
      WHEN OLD.deleted_at IS NOT NULL THEN 'restored'
      WHEN NEW.completed = OLD.completed OR NEW.title <> OLD.title OR NEW.description IS DISTINCT FROM OLD.description THEN 'updated'
      WHEN NEW.completed THEN 'completed'
      ELSE 'reopened'
    END;
    -- The row decides, not the writer: a version is never skipped or repeated, whoever writes.
    NEW.version := OLD.version + 1;
    NEW.created_at := OLD.created_at;
  ELSE
    IF OLD.deleted_at IS NOT NULL OR current_setting('taskwire.purge', true) = 'on' THEN
      RETURN OLD;
    END IF;
    kind := 'deleted';
  END IF;

  INSERT INTO taskwire.change_counter AS counter (user_id, seq) VALUES (coalesce(NEW.user_id, OLD.user_id), 1)
    ON CONFLICT (user_id) DO UPDATE SET seq = counter.seq + 1
    RETURNING counter.seq INTO next_seq;

  IF TG_OP = 'UPDATE' THEN
    -- Behind the lock and by the wall clock: the transaction may have waited, and times must not run backwards.
    NEW.updated_at := clock_timestamp();
  END IF;
  IF TG_OP <> 'INSERT' AND kind <> 'restored' THEN
    was := to_jsonb(OLD) - internal;
  END IF;
  IF kind <> 'deleted' THEN
    is_now := to_jsonb(NEW) - internal;
  END IF;

  INSERT INTO taskwire.change (user_id, seq, task_id, kind, before, after, via, conversation_id, undoes, key, request, created_at)
  VALUES (
    coalesce(NEW.user_id, OLD.user_id), next_seq, coalesce(NEW.id, OLD.id), kind, was, is_now,
    coalesce(NEW.changed_via, 'sql'), NEW.changed_conversation_id, NEW.changed_undoes, NEW.changed_key, NEW.changed_request,
    clock_timestamp()
  );

  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  NEW.changed_via := NULL;
  NEW.changed_key := NULL;
  NEW.changed_request := NULL;
  NEW.changed_conversation_id := NULL;
  NEW.changed_undoes := NULL;
  RETURN NEW;
END
$$;

CREATE TRIGGER task_change BEFORE INSERT OR UPDATE OR DELETE ON taskwire.task
  FOR EACH ROW EXECUTE FUNCTION taskwire.log_task_change();

-- TRUNCATE fires no row trigger: it would be the one silent way to lose tasks.
CREATE FUNCTION taskwire.refuse_truncate() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'tasks are deleted row by row, so that each leaves a change' USING ERRCODE = 'feature_not_supported';
END
$$;

CREATE TRIGGER task_truncate BEFORE TRUNCATE ON taskwire.task
  FOR EACH STATEMENT EXECUTE FUNCTION taskwire.refuse_truncate();
