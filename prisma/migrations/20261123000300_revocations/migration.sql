-- The ends of sessions and accounts: signed tokens that were issued for them are refused from then on.
CREATE TABLE "taskwire"."revocation" (
    "kind" VARCHAR(7) NOT NULL,
    "id" TEXT NOT NULL,
    "revoked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "revocation_pkey" PRIMARY KEY ("kind","id")
);

CREATE INDEX "revocation_revoked_at_idx" ON "taskwire"."revocation"("revoked_at");

-- From here on: what Prisma's schema cannot say. A test asserts that each of these exists.

-- However a session or a user is deleted: by a sign-out, a password reset, the operator. At commit and by the wall
-- clock, because replicas ask for what was revoked since they last asked: a long transaction must not be dated back.
CREATE FUNCTION taskwire.revoke_tokens() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO taskwire.revocation (kind, id, revoked_at) VALUES (TG_TABLE_NAME, OLD.id, clock_timestamp())
    ON CONFLICT (kind, id) DO UPDATE SET revoked_at = excluded.revoked_at;
  RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER session_revoked AFTER DELETE ON taskwire.session
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION taskwire.revoke_tokens();

CREATE CONSTRAINT TRIGGER user_revoked AFTER DELETE ON taskwire.user
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION taskwire.revoke_tokens();

-- Nothing of a deleted user is written by a token that a replica accepted just before. Each table in which a user's
-- first row can arise has the trigger refuse_deleted_user; for a log that is its counter, and only the first change
-- inserts it, so that other writes cost nothing. The lock closes the gap between a deletion and a write that do not
-- see each other yet. There are 256 of them, because a bulk import takes one for each user in it.
CREATE FUNCTION taskwire.user_lock(user_id text) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$ SELECT hashtext(user_id) & 255 $$;

CREATE FUNCTION taskwire.begin_user_deletion() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(72707370, taskwire.user_lock(OLD.id));
  RETURN OLD;
END
$$;

CREATE TRIGGER user_deletion_begun BEFORE DELETE ON taskwire.user
  FOR EACH ROW EXECUTE FUNCTION taskwire.begin_user_deletion();

CREATE FUNCTION taskwire.refuse_deleted_user() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(72707370, taskwire.user_lock(NEW.user_id));
  -- Replicas notice a deletion within 5 s, and a statement may wait 15 s.
  IF EXISTS (
    SELECT FROM taskwire.revocation
    WHERE kind = 'user' AND id = NEW.user_id AND revoked_at > clock_timestamp() - interval '1 minute'
  ) THEN
    RAISE EXCEPTION 'this user was deleted' USING ERRCODE = 'TW401';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER change_counter_owner AFTER INSERT ON taskwire.change_counter
  FOR EACH ROW EXECUTE FUNCTION taskwire.refuse_deleted_user();

CREATE TRIGGER conversation_owner AFTER INSERT ON taskwire.conversation
  FOR EACH ROW EXECUTE FUNCTION taskwire.refuse_deleted_user();

CREATE TRIGGER settings_owner AFTER INSERT ON taskwire.settings
  FOR EACH ROW EXECUTE FUNCTION taskwire.refuse_deleted_user();
