-- What was done in a trust and by whom; never what anybody answered. Nobody has
-- the right to change or delete a row, and each one's digest covers the one
-- before it. '-' is the chain of what was done for no single trust.
CREATE TABLE audit (
    ods       text        NOT NULL CHECK (ods ~ '^([A-Z0-9]{3,5}|-)$'),
    seq       bigint      NOT NULL CHECK (seq > 0),
    at        timestamptz NOT NULL,
    actor     uuid,
    deed      text        NOT NULL CHECK (char_length(deed) BETWEEN 1 AND 60),
    round_id  uuid,
    person_id uuid,
    detail    text        NOT NULL DEFAULT '' CHECK (char_length(detail) <= 500),
    digest    bytea       NOT NULL CHECK (octet_length(digest) = 32),
    PRIMARY KEY (ods, seq)
);
GRANT SELECT, INSERT ON audit TO octant_tenant, octant_desk;
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit FORCE ROW LEVEL SECURITY;
CREATE POLICY front_desk ON audit TO octant_desk USING (true);
CREATE POLICY one_trust ON audit TO octant_tenant
    USING (ods = current_setting('octant.trust', true));
