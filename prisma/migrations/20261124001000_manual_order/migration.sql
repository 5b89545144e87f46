-- The tasks that were moved, in the manual order. The others stand by their id, which the primary key has already: an
-- index of all tasks would cost every new one an entry. See docs/decisions/022.
CREATE INDEX task_position_idx ON taskwire.task (user_id, position, id) WHERE position IS NOT NULL AND deleted_at IS NULL;
