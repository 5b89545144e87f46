-- What the model used for an answer: null of messages of the user, of the offline assistant and from before.
ALTER TABLE "taskwire"."message" ADD COLUMN "input_tokens" INTEGER, ADD COLUMN "output_tokens" INTEGER;
