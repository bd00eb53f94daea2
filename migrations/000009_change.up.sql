-- What is kept of closed rounds so that they can be set beside each other without
-- reading an answer or a whole report again.

-- The published figures of a frozen report: score, low, high, level, onEdge,
-- hidden, and for elements key and n. They are copied out of the document when
-- the round closes, and for rounds closed before this by the statement below.
CREATE TABLE summaries (
    ods           text     NOT NULL,
    round_id      uuid     NOT NULL,
    closed_on     date     NOT NULL,
    title         text     NOT NULL,
    form          text     NOT NULL,
    questionnaire text     NOT NULL,
    invited       integer  NOT NULL,
    respondents   integer  NOT NULL,
    overall       jsonb    NOT NULL,
    elements      jsonb    NOT NULL,
    PRIMARY KEY (ods, round_id),
    FOREIGN KEY (ods, round_id) REFERENCES reports (ods, round_id)
);
CREATE INDEX summaries_newest_first ON summaries (ods, closed_on DESC, round_id DESC);

-- How many people of a round have a mean of their own in an element, with the
-- mean and the n - 1 variance of those means. Unrounded and never shown: they say
-- how far trusts differ beside how far people do, when many trusts are put
-- together. Rounds closed before this have none, since they are worked out only
-- once, from the answers, when a round closes; and none of fewer than five people.
CREATE TABLE moments (
    ods      text             NOT NULL,
    round_id uuid             NOT NULL,
    element  text             NOT NULL CHECK (char_length(element) <= 20),
    n        integer          NOT NULL CHECK (n >= 5),
    mean     double precision NOT NULL CHECK (mean BETWEEN 1 AND 5),
    variance double precision NOT NULL CHECK (variance >= 0),
    PRIMARY KEY (ods, round_id, element),
    FOREIGN KEY (ods, round_id) REFERENCES reports (ods, round_id)
);

-- What may be shown of how a round's returning members moved since the trust's
-- closed round before it. Like a report it is made once, in the transaction that
-- closes the later round, and nobody has the right to change it.
CREATE TABLE changes (
    ods        text     NOT NULL,
    round_id   uuid     NOT NULL,
    earlier_id uuid     NOT NULL CHECK (earlier_id <> round_id),
    schema     smallint NOT NULL CHECK (schema > 0),
    digest     text     NOT NULL,
    document   bytea    NOT NULL,
    PRIMARY KEY (ods, round_id),
    FOREIGN KEY (ods, round_id) REFERENCES reports (ods, round_id),
    FOREIGN KEY (ods, earlier_id) REFERENCES reports (ods, round_id),
    CHECK (digest = encode(sha256(document), 'hex'))
);

-- What happened in the trust besides: the lead's own notes on the time line.
CREATE TABLE milestones (
    ods        text        NOT NULL REFERENCES trusts (ods),
    id         uuid        NOT NULL,
    on_date    date        NOT NULL,
    text       text        NOT NULL CHECK (char_length(text) BETWEEN 1 AND 120),
    written_by uuid        NOT NULL REFERENCES people (id),
    written_at timestamptz NOT NULL,
    PRIMARY KEY (ods, id)
);
CREATE INDEX milestones_by_day ON milestones (ods, on_date);

GRANT SELECT, INSERT ON summaries, moments, changes TO octant_tenant;
GRANT SELECT, INSERT, DELETE ON milestones TO octant_tenant;
GRANT UPDATE (on_date, text, written_by, written_at) ON milestones TO octant_tenant;

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['summaries', 'moments', 'changes', 'milestones'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY one_trust ON %I TO octant_tenant
                        USING (ods = current_setting(''octant.trust'', true))', tenant_table);
    END LOOP;
END $$;

-- The owner of the tables is bound to their policies too, and passes by them here
-- to read the reports there are.
ALTER TABLE rounds NO FORCE ROW LEVEL SECURITY;
ALTER TABLE reports NO FORCE ROW LEVEL SECURITY;
INSERT INTO summaries (ods, round_id, closed_on, title, form, questionnaire, invited, respondents, overall, elements)
SELECT r.ods, r.id, (r.closed_at AT TIME ZONE 'Europe/London')::date, r.title, r.form, r.questionnaire,
       (d.result ->> 'invited')::integer, (d.result ->> 'respondents')::integer, d.result -> 'overall',
       (SELECT jsonb_agg(e.figure - '{items,dontKnow,claimed,shown}'::text[] ORDER BY e.place)
        FROM jsonb_array_elements(d.result -> 'elements') WITH ORDINALITY AS e (figure, place))
FROM rounds r
JOIN reports p ON p.ods = r.ods AND p.round_id = r.id
CROSS JOIN LATERAL (SELECT convert_from(p.document, 'UTF8')::jsonb -> 'result' AS result) d;
ALTER TABLE rounds FORCE ROW LEVEL SECURITY;
ALTER TABLE reports FORCE ROW LEVEL SECURITY;

ALTER TABLE summaries FORCE ROW LEVEL SECURITY;
ALTER TABLE moments FORCE ROW LEVEL SECURITY;
ALTER TABLE changes FORCE ROW LEVEL SECURITY;
ALTER TABLE milestones FORCE ROW LEVEL SECURITY;
