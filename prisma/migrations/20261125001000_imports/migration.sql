-- What tasks were imported from, so that a repeated import adds nothing. See docs/import-export.md.
CREATE TABLE "taskwire"."imported_task" (
    "user_id" VARCHAR(128) NOT NULL,
    "fingerprint" CHAR(22) NOT NULL,
    "task_id" INTEGER NOT NULL,

    CONSTRAINT "imported_task_pkey" PRIMARY KEY ("user_id","fingerprint")
);

-- From here on: what Prisma's schema cannot say. A test asserts that each of these exists.

CREATE TRIGGER imported_task_owner AFTER INSERT ON taskwire.imported_task
  FOR EACH ROW EXECUTE FUNCTION taskwire.refuse_deleted_user();

-- Beside forget_user, after the tasks: it has the locks that keep an import out.
CREATE FUNCTION taskwire.forget_imports() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM taskwire.imported_task WHERE user_id = OLD.id;
  RETURN NULL;
END
$$;

CREATE TRIGGER user_imports_forgotten AFTER DELETE ON taskwire.user
  FOR EACH ROW EXECUTE FUNCTION taskwire.forget_imports();
