-- Secret addresses at which calendars read a user's dated tasks.
CREATE TABLE "taskwire"."calendar_feed" (
    "user_id" VARCHAR(128) NOT NULL,
    "id" SERIAL NOT NULL,
    "token_hash" CHAR(43) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "calendar_feed_pkey" PRIMARY KEY ("user_id","id")
);

CREATE UNIQUE INDEX "calendar_feed_token_hash_key" ON "taskwire"."calendar_feed"("token_hash");

-- From here on: what Prisma's schema cannot say. A test asserts that each of these exists.

CREATE TRIGGER calendar_feed_owner AFTER INSERT ON taskwire.calendar_feed
  FOR EACH ROW EXECUTE FUNCTION taskwire.refuse_deleted_user();

-- Beside forget_user, as forget_imports.
CREATE FUNCTION taskwire.forget_feeds() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM taskwire.calendar_feed WHERE user_id = OLD.id;
  RETURN NULL;
END
$$;

CREATE TRIGGER user_feeds_forgotten AFTER DELETE ON taskwire.user
  FOR EACH ROW EXECUTE FUNCTION taskwire.forget_feeds();
