-- The register: which NHS trusts there are and were, what they were called,
-- where they lay, what kind they are and who followed whom, by date. It is
-- public reference data and no trust's own, so nothing here is bound to one.
--
-- Dates are half-open: from_on counts, to_on does not, and no to_on means still
-- so. seen_from and seen_to are the days of the first and the last file that
-- said it: where seen_from is later than from_on, from_on is the best that is
-- known and not what a file said.
CREATE TABLE organisations (
    code    text NOT NULL CHECK (code ~ '^[A-Z0-9]{3,5}$'),
    opened  date NOT NULL,
    closed  date CHECK (closed >= opened),
    seen_on date NOT NULL,
    PRIMARY KEY (code)
);

CREATE TABLE organisation_names (
    code      text NOT NULL REFERENCES organisations (code),
    name      text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    from_on   date NOT NULL,
    to_on     date CHECK (to_on > from_on),
    seen_from date NOT NULL,
    seen_to   date NOT NULL CHECK (seen_to >= seen_from),
    PRIMARY KEY (code, from_on)
);

-- region is empty outside England and where it is not known; so is icb.
CREATE TABLE organisation_places (
    code      text NOT NULL REFERENCES organisations (code),
    region    text NOT NULL CHECK (char_length(region) <= 5),
    icb       text NOT NULL CHECK (char_length(icb) <= 5),
    from_on   date NOT NULL,
    to_on     date CHECK (to_on > from_on),
    seen_from date NOT NULL,
    seen_to   date NOT NULL CHECK (seen_to >= seen_from),
    PRIMARY KEY (code, from_on)
);

-- The published files know no types: these are Octant's own table's, and what
-- administrators made of them.
CREATE TABLE organisation_types (
    code    text NOT NULL REFERENCES organisations (code),
    type    text NOT NULL CHECK (char_length(type) BETWEEN 1 AND 60),
    source  text NOT NULL CHECK (char_length(source) BETWEEN 1 AND 200),
    from_on date NOT NULL,
    to_on   date CHECK (to_on > from_on),
    PRIMARY KEY (code, from_on)
);

-- The old end of a succession may be a trust of which no file has a row.
CREATE TABLE successions (
    from_code text NOT NULL CHECK (from_code ~ '^[A-Z0-9]{3,5}$'),
    to_code   text NOT NULL CHECK (to_code ~ '^[A-Z0-9]{3,5}$'),
    effective date NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('merger', 'acquisition', 'split', 'rename')),
    source    text NOT NULL CHECK (source IN ('ods', 'manual')),
    note      text NOT NULL DEFAULT '' CHECK (char_length(note) <= 200),
    PRIMARY KEY (from_code, to_code),
    CHECK (from_code <> to_code)
);
CREATE INDEX successions_by_successor ON successions (to_code);

CREATE TABLE regions (
    code text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (code)
);

CREATE TABLE icbs (
    code   text NOT NULL,
    name   text NOT NULL,
    region text NOT NULL,
    opened date NOT NULL,
    closed date,
    PRIMARY KEY (code)
);

-- Every word of every name an organisation has had, in small letters and without
-- apostrophes, so that a search by the beginnings of words needs no extension.
CREATE TABLE organisation_words (
    word text NOT NULL,
    code text NOT NULL REFERENCES organisations (code),
    PRIMARY KEY (word, code)
);
CREATE INDEX organisation_words_by_beginning ON organisation_words (word text_pattern_ops, code);

CREATE TABLE register_imports (
    id                uuid        NOT NULL,
    file_name         text        NOT NULL CHECK (char_length(file_name) <= 200),
    digest            bytea       NOT NULL CHECK (octet_length(digest) = 32),
    as_at             date        NOT NULL,
    successors_digest bytea       CHECK (octet_length(successors_digest) = 32),
    applied_at        timestamptz NOT NULL,
    applied_by        text        NOT NULL CHECK (char_length(applied_by) <= 100),
    summary           jsonb       NOT NULL,
    PRIMARY KEY (id)
);

-- Files that an administrator has sent and not yet applied.
CREATE TABLE register_uploads (
    id              uuid        NOT NULL,
    person_id       uuid        NOT NULL REFERENCES people (id),
    file_name       text        NOT NULL CHECK (char_length(file_name) <= 200),
    file            bytea       NOT NULL,
    successors_name text        NOT NULL DEFAULT '' CHECK (char_length(successors_name) <= 200),
    successors      bytea,
    as_at           date        NOT NULL,
    sent_at         timestamptz NOT NULL,
    PRIMARY KEY (id)
);

GRANT SELECT, INSERT, UPDATE ON organisations, organisation_names, organisation_places, organisation_types,
    successions, regions, icbs, organisation_words TO octant_desk;
-- A history is written anew where a file tells more of it.
GRANT DELETE ON organisation_names, organisation_places, successions TO octant_desk;
GRANT SELECT, INSERT ON register_imports TO octant_desk;
GRANT SELECT, INSERT, DELETE ON register_uploads TO octant_desk;
GRANT SELECT ON organisations, organisation_names, organisation_places, organisation_types,
    successions, regions, icbs TO octant_tenant;
