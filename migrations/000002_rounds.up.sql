-- A trust's own rows: rounds, who is asked, what was answered, what came of it.
-- Every table has the trust's code first in its primary key and in its foreign
-- keys, so that a distributed Postgres can shard by trust without a change.
--
-- invitations knows people and answers knows respondents; the two have nothing
-- in common but the trust and the round. Neither says when somebody finished,
-- and the times in answers are erased when the round closes, so that times
-- cannot join them either.
CREATE TABLE rounds (
    ods           text        NOT NULL REFERENCES trusts (ods),
    id            uuid        NOT NULL,
    title         text        NOT NULL CHECK (char_length(title) BETWEEN 1 AND 100),
    form          text        NOT NULL CHECK (form IN ('full', 'core')),
    questionnaire text        NOT NULL CHECK (char_length(questionnaire) BETWEEN 1 AND 40),
    state         text        NOT NULL CHECK (state IN ('draft', 'open', 'closed')),
    opens_on      date        NOT NULL,
    closes_on     date        NOT NULL CHECK (closes_on >= opens_on),
    opened_at     timestamptz,
    closed_at     timestamptz CHECK (closed_at >= opened_at),
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (ods, id),
    CHECK ((state = 'draft') = (opened_at IS NULL)),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX rounds_newest_first ON rounds (ods, opens_on DESC, id DESC);

CREATE TABLE invitations (
    ods       text    NOT NULL,
    round_id  uuid    NOT NULL,
    person_id uuid    NOT NULL REFERENCES people (id),
    side      text    NOT NULL CHECK (side IN ('exec', 'ned')),
    title     text    NOT NULL CHECK (char_length(title) <= 100),
    finished  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (ods, round_id, person_id),
    FOREIGN KEY (ods, round_id) REFERENCES rounds (ods, id)
);

CREATE TABLE responses (
    ods        text    NOT NULL,
    round_id   uuid    NOT NULL,
    respondent bytea   NOT NULL CHECK (octet_length(respondent) = 32),
    side       text    NOT NULL CHECK (side IN ('exec', 'ned')),
    submitted  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (ods, round_id, respondent),
    FOREIGN KEY (ods, round_id) REFERENCES rounds (ods, id)
);

-- choice is the level, 1 to 5; 6 is "I do not know", 7 "Rather not say", 0 nothing.
-- This is the one table written to often. Lengths are part of the types, since a
-- CHECK is read and compiled anew by each statement that writes, and together
-- four more of them cost as much as a tenth of saving an answer.
CREATE TABLE answers (
    ods        text          NOT NULL,
    round_id   uuid          NOT NULL,
    respondent bytea         NOT NULL,
    question   varchar(20)   NOT NULL,
    choice     smallint      NOT NULL,
    comment    varchar(2000) NOT NULL DEFAULT '',
    evidence   varchar(2000) NOT NULL DEFAULT '',
    revision   integer       NOT NULL,
    saved_at   timestamptz,
    PRIMARY KEY (ods, round_id, respondent, question),
    FOREIGN KEY (ods, round_id, respondent) REFERENCES responses (ods, round_id, respondent),
    CHECK (choice BETWEEN 0 AND 7 AND revision > 0)
) WITH (fillfactor = 80);

-- A report is frozen: nobody has the right to change one, and the table itself
-- refuses a document that its digest does not fit.
CREATE TABLE reports (
    ods        text        NOT NULL,
    round_id   uuid        NOT NULL,
    schema     smallint    NOT NULL CHECK (schema > 0),
    digest     text        NOT NULL,
    document   bytea       NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (ods, round_id),
    FOREIGN KEY (ods, round_id) REFERENCES rounds (ods, id),
    CHECK (digest = encode(sha256(document), 'hex'))
);

-- Nothing here may be deleted but an invitation to a round that has not opened.
GRANT SELECT, INSERT, UPDATE ON rounds, responses, answers TO octant_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON invitations TO octant_tenant;
GRANT SELECT, INSERT ON reports TO octant_tenant;

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['rounds', 'invitations', 'responses', 'answers', 'reports'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY one_trust ON %I TO octant_tenant
                        USING (ods = current_setting(''octant.trust'', true))', tenant_table);
    END LOOP;
END $$;
