-- How people show who they are: sessions that can be listed and ended, a record
-- of sign-ins, one-use codes by e-mail, a trust's own identity provider, and
-- counters against guessing.

-- Somebody may have no e-mail address; they get a printed letter.
ALTER TABLE people ALTER COLUMN email DROP NOT NULL;
ALTER TABLE people ADD COLUMN made_at timestamptz NOT NULL DEFAULT now();
GRANT UPDATE (name, email, admin) ON people TO octant_desk;
GRANT UPDATE (name, kind) ON trusts TO octant_desk;
GRANT UPDATE (title, side, from_on, to_on) ON memberships TO octant_desk;

-- id names a session to the person whose it is; token is never shown. way is how
-- they signed in, ods the one trust that a personal link let them into.
ALTER TABLE sessions
    ADD COLUMN id         uuid        NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN person_id  uuid        REFERENCES people (id),
    ADD COLUMN way        text        CHECK (way IN ('link', 'letter', 'code', 'oidc', 'demo')),
    ADD COLUMN ods        text,
    ADD COLUMN device     text        CHECK (char_length(device) <= 200),
    ADD COLUMN started_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN seen_at    timestamptz NOT NULL DEFAULT now();
CREATE INDEX sessions_of_person ON sessions (person_id);

-- One row a sign-in, kept for twelve months.
CREATE TABLE sign_ins (
    id        uuid        NOT NULL,
    person_id uuid        NOT NULL REFERENCES people (id),
    at        timestamptz NOT NULL,
    way       text        NOT NULL CHECK (way IN ('link', 'letter', 'code', 'oidc', 'demo')),
    device    text        NOT NULL CHECK (char_length(device) <= 200),
    PRIMARY KEY (id)
);
CREATE INDEX sign_ins_of_person ON sign_ins (person_id, at);
CREATE INDEX sign_ins_by_time ON sign_ins (at);

-- A code is asked for with an address; there is a row whether or not anybody has
-- it, so that asking tells nothing. address and code are keyed hashes: neither
-- can be read here. The letter's worker makes the code again from the id.
CREATE TABLE sign_in_codes (
    id         uuid        NOT NULL,
    address    bytea       NOT NULL CHECK (octet_length(address) = 32),
    person_id  uuid        REFERENCES people (id),
    code       bytea       NOT NULL CHECK (octet_length(code) = 32),
    made_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    tries      smallint    NOT NULL DEFAULT 0,
    used_at    timestamptz,
    PRIMARY KEY (id)
);
CREATE INDEX sign_in_codes_of_address ON sign_in_codes (address, made_at DESC);

-- How often something was tried of late, by a keyed hash of what or who. Losing
-- it in a crash costs nothing but the count.
CREATE UNLOGGED TABLE rate_limits (
    key   bytea       NOT NULL CHECK (octet_length(key) = 32),
    began timestamptz NOT NULL,
    uses  integer     NOT NULL,
    PRIMARY KEY (key)
);

GRANT SELECT, INSERT, DELETE ON sign_ins TO octant_desk;
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_codes, rate_limits TO octant_desk;

-- A trust's own sign-in. The secret is sealed under the program's.
CREATE TABLE identity_providers (
    ods           text   NOT NULL REFERENCES trusts (ods),
    issuer        text   NOT NULL CHECK (char_length(issuer) BETWEEN 1 AND 500),
    client_id     text   NOT NULL CHECK (char_length(client_id) BETWEEN 1 AND 500),
    client_secret bytea  NOT NULL,
    domains       text[] NOT NULL CHECK (cardinality(domains) BETWEEN 1 AND 20),
    PRIMARY KEY (ods)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON identity_providers TO octant_desk;
ALTER TABLE identity_providers ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity_providers FORCE ROW LEVEL SECURITY;
CREATE POLICY front_desk ON identity_providers TO octant_desk USING (true);
CREATE POLICY one_trust ON identity_providers TO octant_tenant
    USING (ods = current_setting('octant.trust', true));

-- Inside a trust its lead reads what is set up, but nobody reads the secret.
GRANT SELECT (ods, issuer, client_id, domains) ON identity_providers TO octant_tenant;
