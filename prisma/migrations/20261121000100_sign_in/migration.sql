CREATE TABLE "taskwire"."user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "taskwire"."session" (
    "id" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "token" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "userId" TEXT NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "taskwire"."account" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMPTZ(3),
    "refreshTokenExpiresAt" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "taskwire"."verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "taskwire"."jwks" (
    "id" TEXT NOT NULL,
    "publicKey" TEXT NOT NULL,
    "privateKey" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3),
    "alg" TEXT,
    "crv" TEXT,

    CONSTRAINT "jwks_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "taskwire"."apikey" (
    "id" TEXT NOT NULL,
    "configId" TEXT NOT NULL DEFAULT 'default',
    "name" TEXT,
    "start" TEXT,
    "referenceId" TEXT NOT NULL,
    "prefix" TEXT,
    "key" TEXT NOT NULL,
    "refillInterval" INTEGER,
    "refillAmount" INTEGER,
    "lastRefillAt" TIMESTAMPTZ(3),
    "enabled" BOOLEAN DEFAULT true,
    "rateLimitEnabled" BOOLEAN DEFAULT true,
    "rateLimitTimeWindow" INTEGER,
    "rateLimitMax" INTEGER,
    "requestCount" INTEGER DEFAULT 0,
    "remaining" INTEGER,
    "lastRequest" TIMESTAMPTZ(3),
    "expiresAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "permissions" TEXT,
    "metadata" TEXT,

    CONSTRAINT "apikey_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "user_email_key" ON "taskwire"."user"("email");

CREATE UNIQUE INDEX "session_token_key" ON "taskwire"."session"("token");

CREATE INDEX "session_userId_idx" ON "taskwire"."session"("userId");

CREATE INDEX "account_userId_idx" ON "taskwire"."account"("userId");

CREATE INDEX "verification_identifier_idx" ON "taskwire"."verification"("identifier");

CREATE UNIQUE INDEX "apikey_key_key" ON "taskwire"."apikey"("key");

CREATE INDEX "apikey_referenceId_idx" ON "taskwire"."apikey"("referenceId");

ALTER TABLE "taskwire"."session" ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "taskwire"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "taskwire"."account" ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "taskwire"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "taskwire"."apikey" ADD CONSTRAINT "apikey_referenceId_fkey" FOREIGN KEY ("referenceId") REFERENCES "taskwire"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- From here on: what Prisma's schema cannot say. A test asserts that each of these exists.

-- Whoever deletes a user, in whatever way, deletes what they own in the same transaction. A trigger and not a foreign
-- key: tasks may belong to users who have no row here.
CREATE FUNCTION taskwire.forget_user() RETURNS trigger
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
  RETURN NULL;
END
$$;

CREATE TRIGGER user_forgotten AFTER DELETE ON taskwire.user
  FOR EACH ROW EXECUTE FUNCTION taskwire.forget_user();
