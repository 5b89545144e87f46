-- Which id a row of the old service has here, where its own was not a number. A repeated import finds it again.
CREATE TABLE "taskwire"."imported_id" (
    "kind" VARCHAR(20) NOT NULL,
    "old_id" VARCHAR(200) NOT NULL,
    "id" INTEGER NOT NULL,

    CONSTRAINT "imported_id_pkey" PRIMARY KEY ("kind","old_id")
);
