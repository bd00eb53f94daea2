-- What trusts let others see: to be counted in benchmarks, to be named in a
-- circle, to be read by everybody; and what is made of it.
--
-- Two more roles read across trusts. octant_reader reads published figures, and
-- octant_census beside them the moments that benchmarks need; neither sees a row
-- of a trust that is not on the list its transaction is bound to. A tenant's
-- transaction still sees one trust's rows alone.
DO $$ BEGIN
    CREATE ROLE octant_reader NOLOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN NULL;
END $$;
DO $$ BEGIN
    CREATE ROLE octant_census NOLOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN NULL;
END $$;
DO $$ BEGIN
    IF NOT pg_has_role('octant_desk', 'octant_reader', 'MEMBER') THEN
        GRANT octant_reader TO octant_desk;
    END IF;
EXCEPTION WHEN unique_violation OR internal_error THEN NULL;
END $$;
DO $$ BEGIN
    IF NOT pg_has_role('octant_desk', 'octant_census', 'MEMBER') THEN
        GRANT octant_census TO octant_desk;
    END IF;
EXCEPTION WHEN unique_violation OR internal_error THEN NULL;
END $$;

GRANT SELECT ON summaries TO octant_reader, octant_census;
GRANT SELECT ON moments TO octant_census;
CREATE POLICY listed_trusts ON summaries FOR SELECT TO octant_reader, octant_census
    USING (ods = ANY (string_to_array(current_setting('octant.trusts', true), ',')));
CREATE POLICY listed_trusts ON moments FOR SELECT TO octant_census
    USING (ods = ANY (string_to_array(current_setting('octant.trusts', true), ',')));

-- Each row says how far a trust goes from a day on, and replaces what earlier
-- rows say from that day on. Nobody has the right to change one: they are the
-- history too.
CREATE TABLE consents (
    ods     text        NOT NULL REFERENCES trusts (ods),
    rung    text        NOT NULL CHECK (rung IN ('private', 'counted', 'circle', 'public')),
    from_on date        NOT NULL,
    set_by  uuid        NOT NULL REFERENCES people (id),
    set_at  timestamptz NOT NULL,
    PRIMARY KEY (ods, set_at)
);

-- Whether the trust agrees to be asked for advice. The newest row holds.
CREATE TABLE guides (
    ods     text        NOT NULL REFERENCES trusts (ods),
    willing boolean     NOT NULL,
    set_by  uuid        NOT NULL REFERENCES people (id),
    set_at  timestamptz NOT NULL,
    PRIMARY KEY (ods, set_at)
);

CREATE TABLE circles (
    id      uuid        NOT NULL,
    name    text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    founder text        NOT NULL REFERENCES trusts (ods),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (id)
);

-- joined_at stays when a trust leaves: what it showed was seen.
CREATE TABLE circle_places (
    ods        text        NOT NULL REFERENCES trusts (ods),
    circle_id  uuid        NOT NULL REFERENCES circles (id),
    state      text        NOT NULL CHECK (state IN ('invited', 'member', 'declined', 'left')),
    invited_at timestamptz NOT NULL,
    joined_at  timestamptz,
    ended_at   timestamptz,
    PRIMARY KEY (ods, circle_id),
    CHECK (state NOT IN ('member', 'left') OR joined_at IS NOT NULL)
);
CREATE INDEX circle_places_by_circle ON circle_places (circle_id, ods);

-- A benchmark edition. basis is which rounds it counted: no page reads it, only
-- the making of the next edition does. quarter is the first day of the quarter
-- for which the clock made it.
CREATE TABLE editions (
    number   integer     NOT NULL CHECK (number > 0),
    made_at  timestamptz NOT NULL,
    made_by  uuid        REFERENCES people (id),
    quarter  date        UNIQUE,
    digest   text        NOT NULL,
    document bytea       NOT NULL,
    basis    bytea       NOT NULL,
    PRIMARY KEY (number),
    CHECK (digest = encode(sha256(document), 'hex'))
);

-- One trust asks another for advice on an element; the other answers or does not.
CREATE TABLE requests (
    id         uuid        NOT NULL,
    asker      text        NOT NULL REFERENCES trusts (ods),
    asked      text        NOT NULL REFERENCES trusts (ods),
    element    text        NOT NULL CHECK (char_length(element) BETWEEN 1 AND 20),
    words      text        NOT NULL CHECK (char_length(words) BETWEEN 1 AND 1000),
    sent_by    uuid        NOT NULL REFERENCES people (id),
    sent_at    timestamptz NOT NULL,
    reply      text        CHECK (char_length(reply) BETWEEN 1 AND 1000),
    replied_by uuid        REFERENCES people (id),
    replied_at timestamptz,
    PRIMARY KEY (id),
    CHECK (asker <> asked),
    CHECK ((reply IS NULL) = (replied_at IS NULL) AND (reply IS NULL) = (replied_by IS NULL))
);
CREATE INDEX requests_of_asker ON requests (asker, sent_at);
CREATE INDEX requests_of_asked ON requests (asked, sent_at);

ALTER TABLE letters ADD COLUMN request_id uuid;
ALTER TABLE letters
    DROP CONSTRAINT letters_kind_check,
    ADD CONSTRAINT letters_kind_check
        CHECK (kind IN ('invitation', 'reminder', 'closing', 'released', 'request', 'reply'));

GRANT SELECT ON consents, guides TO octant_desk;
GRANT SELECT, INSERT ON consents, guides TO octant_tenant;
GRANT SELECT ON circle_places TO octant_tenant;
GRANT SELECT, INSERT ON circles, editions TO octant_desk;
GRANT SELECT, INSERT ON circle_places, requests TO octant_desk;
GRANT UPDATE (state, invited_at, joined_at, ended_at) ON circle_places TO octant_desk;
GRANT UPDATE (reply, replied_by, replied_at) ON requests TO octant_desk;

-- Who lets what be seen is read at the front desk, before a door is opened.
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['consents', 'guides', 'circle_places'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY front_desk ON %I TO octant_desk USING (true)', tenant_table);
        EXECUTE format('CREATE POLICY one_trust ON %I TO octant_tenant
                        USING (ods = current_setting(''octant.trust'', true))', tenant_table);
    END LOOP;
END $$;
