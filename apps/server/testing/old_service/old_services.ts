/** A database of the old service, in which one person has an account. */
export interface OldService {
  readonly title: string
  /** The statements that make it; `$hash$` stands for the hash of the password. */
  readonly schema: string
  readonly pending: readonly string[]
  readonly completed: readonly string[]
  /** The id of the person. */
  readonly user: string
  /** The ids that the tasks have here, newest first. */
  readonly ids: readonly number[]
  /** The flags of `db:import`. */
  readonly flags?: readonly string[]
}

/** What different versions of the old service have in their databases: the tables as their ORMs make them. */
export const OLD_SERVICES: readonly OldService[] = [
  {
    title: 'task with numbers, Better Auth in camel case',
    schema: `CREATE TABLE public."user" (id text PRIMARY KEY, name text NOT NULL, email text UNIQUE NOT NULL,
        "emailVerified" boolean NOT NULL, image text, "createdAt" timestamp NOT NULL, "updatedAt" timestamp NOT NULL);
      CREATE TABLE public.account (id text PRIMARY KEY, "accountId" text NOT NULL, "providerId" text NOT NULL,
        "userId" text NOT NULL REFERENCES public."user", password text, "createdAt" timestamp, "updatedAt" timestamp);
      CREATE TABLE public.task (id serial PRIMARY KEY, user_id varchar NOT NULL, title varchar(200) NOT NULL,
        description varchar(1000), completed boolean NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
      INSERT INTO public."user" VALUES ('uA', 'Ann', 'Ann@Example.com', true, NULL, '2025-01-01', '2025-01-02');
      INSERT INTO public.account VALUES ('a1', 'uA', 'credential', 'uA', $hash$, '2025-01-01', '2025-01-01');
      INSERT INTO public.task VALUES (5, 'uA', 'Milk', NULL, false, '2025-01-03', '2025-01-03');`,
    pending: ['Milk'],
    completed: [],
    user: 'uA',
    ids: [5],
  },
  {
    title: 'tasks with UUIDs, Better Auth in snake case, tags and a colour',
    schema: `CREATE TABLE public.users (id uuid PRIMARY KEY, name text, email text, email_verified boolean,
        created_at timestamptz, updated_at timestamptz);
      CREATE TABLE public.accounts (id text PRIMARY KEY, account_id text, provider_id text, user_id uuid, password text);
      CREATE TABLE public.tasks (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL, title varchar NOT NULL,
        description text, completed boolean, priority varchar, tags jsonb, color varchar, created_at timestamptz, updated_at timestamptz);
      CREATE TABLE public.conversations (id uuid PRIMARY KEY, user_id uuid NOT NULL, created_at timestamp, updated_at timestamp);
      CREATE TABLE public.messages (id uuid PRIMARY KEY, user_id uuid NOT NULL, conversation_id uuid NOT NULL,
        role varchar NOT NULL, content text NOT NULL, created_at timestamp);
      INSERT INTO public.users VALUES
        ('6f9619ff-8b86-4011-b42d-00cf4fc964ff', 'Ann', 'ann@example.com', false, '2025-01-01', '2025-01-02');
      INSERT INTO public.accounts VALUES
        ('a1', 'x', 'credential', '6f9619ff-8b86-4011-b42d-00cf4fc964ff', $hash$),
        ('a2', 'y', 'google', '6f9619ff-8b86-4011-b42d-00cf4fc964ff', NULL);
      INSERT INTO public.tasks VALUES (gen_random_uuid(), '6f9619ff-8b86-4011-b42d-00cf4fc964ff', 'Milk', NULL, false, 'high',
          '["home"]', 'red', '2025-01-03', '2025-01-03'),
        (gen_random_uuid(), '6f9619ff-8b86-4011-b42d-00cf4fc964ff', 'Bread', NULL, true, NULL, NULL, NULL, '2025-01-02', '2025-01-02');
      INSERT INTO public.conversations VALUES ('11111111-1111-4111-8111-111111111111', '6f9619ff-8b86-4011-b42d-00cf4fc964ff', '2025-01-01', '2025-01-01');
      INSERT INTO public.messages VALUES (gen_random_uuid(), '6f9619ff-8b86-4011-b42d-00cf4fc964ff',
        '11111111-1111-4111-8111-111111111111', 'user', 'Buy milk', '2025-01-01');`,
    pending: ['Milk'],
    completed: ['Bread'],
    user: '6f9619ff-8b86-4011-b42d-00cf4fc964ff',
    ids: [2, 1],
  },
  {
    title: 'tables and columns of other names, users with numbers',
    schema: `CREATE TABLE public.members (id serial PRIMARY KEY, email varchar NOT NULL, name varchar, created_at timestamp);
      CREATE TABLE public.logins (id int PRIMARY KEY, "userId" int, "providerId" text, password text);
      CREATE TABLE public.todo_items (id bigserial PRIMARY KEY, user_id int NOT NULL, title text NOT NULL, description text,
        is_completed boolean, created_at timestamp);
      INSERT INTO public.members VALUES (7, 'ann@example.com', 'Ann', '2025-01-01');
      INSERT INTO public.logins VALUES (1, 7, 'credential', $hash$);
      INSERT INTO public.todo_items VALUES (9, 7, 'Milk', NULL, true, '2025-01-03');`,
    pending: [],
    completed: ['Milk'],
    user: '7',
    ids: [9],
    flags: ['--task-table', 'todo_items', '--user-table', 'members', '--account-table', 'logins'],
  },
]
