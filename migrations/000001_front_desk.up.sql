-- The front desk: who there is, which trusts there are, who is what in which
-- trust, and sessions. The program reads these before it has entered a trust.
--
-- Three roles stand here. octant_tenant alone has rights on a trust's rows, and
-- row-level security holds it to the one trust a transaction is bound to.
-- octant_desk has the rights of the front desk. The program's login role is a
-- member of octant_desk and inherits its rights; because octant_desk inherits
-- nothing, the login has none on a trust's rows until a transaction sets its
-- role to octant_tenant, which membership allows.
--
-- Roles belong to the whole cluster, so another database of it may be making
-- them at this moment: every way in which that can show is no fault here.
DO $$ BEGIN
    CREATE ROLE octant_tenant NOLOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN NULL;
END $$;
DO $$ BEGIN
    CREATE ROLE octant_desk NOLOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN NULL;
END $$;
DO $$ BEGIN
    IF NOT pg_has_role('octant_desk', 'octant_tenant', 'MEMBER') THEN
        GRANT octant_tenant TO octant_desk;
    END IF;
EXCEPTION WHEN unique_violation OR internal_error THEN NULL;
END $$;

CREATE TABLE trusts (
    ods  text    NOT NULL CHECK (ods ~ '^[A-Z0-9]{3,5}$'),
    name text    NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    kind text    NOT NULL CHECK (char_length(kind) <= 60),
    demo boolean NOT NULL DEFAULT false,
    PRIMARY KEY (ods)
);

CREATE TABLE people (
    id    uuid    NOT NULL,
    email text    NOT NULL UNIQUE CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
    name  text    NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    admin boolean NOT NULL DEFAULT false,
    demo  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (id)
);

-- title is the board role, such as "Chief finance officer". Whoever can be asked
-- sits on one side of the table; nobody else has a side.
CREATE TABLE memberships (
    ods       text NOT NULL REFERENCES trusts (ods),
    person_id uuid NOT NULL REFERENCES people (id),
    role      text NOT NULL CHECK (role IN ('lead', 'chair', 'facilitator', 'member', 'observer', 'viewer')),
    title     text NOT NULL DEFAULT '' CHECK (char_length(title) <= 100),
    side      text CHECK (side IN ('exec', 'ned')),
    from_on   date NOT NULL,
    to_on     date CHECK (to_on >= from_on),
    PRIMARY KEY (ods, person_id, role),
    CHECK ((role = 'member') = (side IS NOT NULL))
);
CREATE INDEX memberships_of_person ON memberships (person_id, ods);

CREATE TABLE sessions (
    token  text        NOT NULL,
    data   bytea       NOT NULL,
    expiry timestamptz NOT NULL,
    PRIMARY KEY (token)
);
CREATE INDEX sessions_by_expiry ON sessions (expiry);

GRANT SELECT ON schema_migrations TO octant_desk;
GRANT SELECT, INSERT ON trusts, people, memberships TO octant_desk;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO octant_desk;

-- Inside a trust its own name, its own memberships and the names of its own
-- people can be seen; e-mail addresses cannot.
GRANT SELECT ON memberships TO octant_tenant;
GRANT SELECT (ods, name, kind) ON trusts TO octant_tenant;
GRANT SELECT (id, name) ON people TO octant_tenant;

ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY front_desk ON memberships TO octant_desk USING (true);
CREATE POLICY one_trust ON memberships FOR SELECT TO octant_tenant
    USING (ods = current_setting('octant.trust', true));

ALTER TABLE trusts ENABLE ROW LEVEL SECURITY;
CREATE POLICY front_desk ON trusts TO octant_desk USING (true);
CREATE POLICY one_trust ON trusts FOR SELECT TO octant_tenant
    USING (ods = current_setting('octant.trust', true));

ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY front_desk ON people TO octant_desk USING (true);
CREATE POLICY one_trust ON people FOR SELECT TO octant_tenant
    USING (EXISTS (SELECT FROM memberships m
                   WHERE m.ods = current_setting('octant.trust', true) AND m.person_id = people.id));
