-- An idempotency key belongs to its user and stands for one request: a task write may not have the key of a chat message,
-- nor a message that of a write. Both triggers concern only rows that have a key.

-- The writer of a change holds the lock of its user's counter.
CREATE FUNCTION taskwire.refuse_key_of_message() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM taskwire.message WHERE user_id = NEW.user_id AND key = NEW.key) THEN
    RAISE EXCEPTION 'a message has this key' USING ERRCODE = 'TW422';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER change_key BEFORE INSERT ON taskwire.change
  FOR EACH ROW WHEN (NEW.key IS NOT NULL) EXECUTE FUNCTION taskwire.refuse_key_of_message();

-- Waits for running writes of the user and holds up later ones, so that each sees the other's key.
CREATE FUNCTION taskwire.refuse_key_of_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM taskwire.change_counter WHERE user_id = NEW.user_id FOR SHARE;
  IF EXISTS (SELECT FROM taskwire.change WHERE user_id = NEW.user_id AND key = NEW.key) THEN
    RAISE EXCEPTION 'a change has this key' USING ERRCODE = 'TW422';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER message_key BEFORE INSERT ON taskwire.message
  FOR EACH ROW WHEN (NEW.key IS NOT NULL) EXECUTE FUNCTION taskwire.refuse_key_of_change();
