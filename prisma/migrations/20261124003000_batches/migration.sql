-- What a batch with an idempotency key answered, as far as its changes do not tell: which operations were refused and
-- why. Kept with the change that has the key, and so purged with it.
ALTER TABLE "taskwire"."change" ADD COLUMN "outcome" JSONB;
