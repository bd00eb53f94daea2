-- How people are reached: personal links and printed letters, what was sent to
-- whom and what became of it, sheets of paper, and the clock that opens and
-- closes rounds.

-- by_clock: the round opens itself in the morning of opens_on and closes itself
-- at the end of closes_on, or of the last extension. unlinked_at and
-- comments_erased_at say when what is kept only for a time went.
ALTER TABLE rounds
    ADD COLUMN by_clock           boolean NOT NULL DEFAULT false,
    ADD COLUMN unlinked_at        timestamptz,
    ADD COLUMN comments_erased_at timestamptz;

ALTER TABLE invitations
    ADD COLUMN extended_to date,
    ADD COLUMN away        boolean NOT NULL DEFAULT false,
    ADD COLUMN on_paper    boolean NOT NULL DEFAULT false;

-- A personal link, or the code on a printed letter. Only the hash is kept: the
-- program makes the token again from id and serial under its secret, so that
-- sending again needs no copy of it. A revoked one is followed by the next serial.
CREATE TABLE links (
    ods        text        NOT NULL,
    hash       bytea       NOT NULL CHECK (octet_length(hash) = 32),
    id         uuid        NOT NULL,
    serial     integer     NOT NULL CHECK (serial > 0),
    kind       text        NOT NULL CHECK (kind IN ('link', 'letter')),
    round_id   uuid        NOT NULL,
    person_id  uuid        NOT NULL,
    made_at    timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (ods, hash),
    FOREIGN KEY (ods, round_id, person_id) REFERENCES invitations (ods, round_id, person_id) ON DELETE CASCADE
);
CREATE INDEX links_of_invitation ON links (ods, round_id, person_id);

-- A sheet of paper knows a side and no person. Its code is printed on it.
CREATE TABLE paper_sheets (
    ods        text        NOT NULL,
    round_id   uuid        NOT NULL,
    id         uuid        NOT NULL,
    hash       bytea       NOT NULL CHECK (octet_length(hash) = 32),
    side       text        NOT NULL CHECK (side IN ('exec', 'ned')),
    keyed      boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (ods, round_id, id),
    UNIQUE (ods, hash),
    FOREIGN KEY (ods, round_id) REFERENCES rounds (ods, id)
);
ALTER TABLE responses ADD COLUMN paper boolean NOT NULL DEFAULT false;

-- One row a letter to one person. said is what the mail server said, without the
-- address. message_id stays the same however often it is tried.
CREATE TABLE letters (
    ods        text        NOT NULL REFERENCES trusts (ods),
    id         uuid        NOT NULL,
    round_id   uuid,
    person_id  uuid        NOT NULL REFERENCES people (id),
    kind       text        NOT NULL CHECK (kind IN ('invitation', 'reminder', 'closing', 'released')),
    state      text        NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'refused', 'bounced', 'dropped')),
    said       text        NOT NULL DEFAULT '' CHECK (char_length(said) <= 500),
    made_at    timestamptz NOT NULL,
    done_at    timestamptz,
    PRIMARY KEY (ods, id),
    FOREIGN KEY (ods, round_id) REFERENCES rounds (ods, id)
);
CREATE INDEX letters_of_round ON letters (ods, round_id, person_id, made_at);

GRANT SELECT, INSERT, UPDATE ON links, letters, paper_sheets TO octant_tenant;
GRANT DELETE ON links TO octant_tenant;

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['links', 'paper_sheets', 'letters'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY one_trust ON %I TO octant_tenant
                        USING (ods = current_setting(''octant.trust'', true))', tenant_table);
    END LOOP;
END $$;
