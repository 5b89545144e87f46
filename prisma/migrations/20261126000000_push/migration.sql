-- Reminders by Web Push. See docs/decisions/047.
CREATE TABLE "taskwire"."vapid_key" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "public_key" VARCHAR(87) NOT NULL,
    "private_key" VARCHAR(43) NOT NULL,

    CONSTRAINT "vapid_key_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "taskwire"."push_subscription" (
    "user_id" VARCHAR(128) NOT NULL,
    "id" SERIAL NOT NULL,
    "session_id" TEXT NOT NULL,
    "endpoint" VARCHAR(1000) NOT NULL,
    "p256dh" VARCHAR(87) NOT NULL,
    "auth" VARCHAR(22) NOT NULL,
    "language" VARCHAR(2) NOT NULL,
    "shows_title" BOOLEAN NOT NULL,
    "retry_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "push_subscription_pkey" PRIMARY KEY ("user_id","id")
);

CREATE TABLE "taskwire"."push_delivery" (
    "user_id" VARCHAR(128) NOT NULL,
    "subscription_id" INTEGER NOT NULL,
    "task_id" INTEGER NOT NULL,
    "remind_at" TIMESTAMPTZ(3) NOT NULL,
    "event" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "push_delivery_pkey" PRIMARY KEY ("user_id","subscription_id","task_id","remind_at")
);

CREATE UNIQUE INDEX "push_subscription_endpoint_key" ON "taskwire"."push_subscription"("endpoint");
CREATE INDEX "push_subscription_session_id_idx" ON "taskwire"."push_subscription"("session_id");
CREATE INDEX "push_delivery_next_attempt_at_idx" ON "taskwire"."push_delivery"("next_attempt_at");

-- A subscription ends with its session: at a sign-out, a password reset, the deletion of the user.
ALTER TABLE "taskwire"."push_subscription" ADD CONSTRAINT "push_subscription_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "taskwire"."session"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "taskwire"."push_delivery" ADD CONSTRAINT "push_delivery_user_id_subscription_id_fkey" FOREIGN KEY ("user_id", "subscription_id") REFERENCES "taskwire"."push_subscription"("user_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
