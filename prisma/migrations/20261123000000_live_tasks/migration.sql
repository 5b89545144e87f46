-- A page of live tasks reads no task in the trash, however many there are, and a page of the trash no live one. Without
-- this a user with a large trash would hold up the connections that the short reads of all users share.
-- `deleted_at` changes only when a task is deleted or restored, so every other update remains a HOT one.
CREATE INDEX task_live_created_idx ON taskwire.task (user_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX task_trash_created_idx ON taskwire.task (user_id, created_at DESC, id DESC) WHERE deleted_at IS NOT NULL;
CREATE INDEX task_live_title_idx ON taskwire.task (user_id, (lower(title) COLLATE "C"), id) WHERE deleted_at IS NULL;

DROP INDEX taskwire.task_user_id_created_at_id_idx;
DROP INDEX taskwire.task_title_idx;
