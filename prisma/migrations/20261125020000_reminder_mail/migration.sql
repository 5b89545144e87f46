-- Mail of reminders, for users who ask for it. See docs/decisions/042.
ALTER TABLE "taskwire"."settings" ADD COLUMN "remind_by_mail" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "taskwire"."reminder_mail" (
    "user_id" VARCHAR(128) NOT NULL,
    "task_id" INTEGER NOT NULL,
    "remind_at" TIMESTAMPTZ(3) NOT NULL,
    "event" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reminder_mail_pkey" PRIMARY KEY ("user_id","task_id","remind_at")
);

CREATE INDEX "reminder_mail_next_attempt_at_idx" ON "taskwire"."reminder_mail"("next_attempt_at");

-- From here on: what Prisma's schema cannot say. A test asserts that each of these exists.

-- Beside forget_user, as forget_imports. No row comes after it: whoever adds one locks the account.
CREATE FUNCTION taskwire.forget_reminder_mail() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM taskwire.reminder_mail WHERE user_id = OLD.id;
  RETURN NULL;
END
$$;

CREATE TRIGGER user_reminder_mail_forgotten AFTER DELETE ON taskwire.user
  FOR EACH ROW EXECUTE FUNCTION taskwire.forget_reminder_mail();
