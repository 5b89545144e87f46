-- A page by title otherwise reads and sorts all of a user's tasks: 1.5 s and more where they are a million. The order by
-- updated_at has no index on purpose: every write would then touch every index, the search's above all (docs/scale.md).
CREATE INDEX task_title_idx ON taskwire.task (user_id, (lower(title) COLLATE "C"), id);

-- The purge visits users by their first change and no longer looks for old changes by time.
DROP INDEX "taskwire"."change_created_at_idx";
