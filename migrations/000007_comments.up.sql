-- What people wrote beside their answers, cut loose from whose it is when the
-- round closes: no respondent, no side, no time, an id that orders nothing.
CREATE TABLE comments (
    ods      text    NOT NULL,
    round_id uuid    NOT NULL,
    id       uuid    NOT NULL,
    question text    NOT NULL CHECK (char_length(question) <= 20),
    kind     text    NOT NULL CHECK (kind IN ('comment', 'evidence')),
    words    text    NOT NULL CHECK (char_length(words) BETWEEN 1 AND 2000),
    hidden   boolean NOT NULL DEFAULT false,
    PRIMARY KEY (ods, round_id, id),
    FOREIGN KEY (ods, round_id) REFERENCES rounds (ods, id)
);
-- The lead may hide a comment and never change one; they go after twelve months.
GRANT SELECT, INSERT, DELETE ON comments TO octant_tenant;
GRANT UPDATE (hidden) ON comments TO octant_tenant;
ALTER TABLE comments ENABLE ROW LEVEL SECURITY;
ALTER TABLE comments FORCE ROW LEVEL SECURITY;
CREATE POLICY one_trust ON comments TO octant_tenant
    USING (ods = current_setting('octant.trust', true));

-- Giving a response a new, random respondent cuts the last tie to the person;
-- its answers follow.
ALTER TABLE answers
    DROP CONSTRAINT answers_ods_round_id_respondent_fkey,
    ADD CONSTRAINT answers_ods_round_id_respondent_fkey
        FOREIGN KEY (ods, round_id, respondent) REFERENCES responses (ods, round_id, respondent) ON UPDATE CASCADE;

-- A person may delete a draft of their own. What was handed in cannot be deleted
-- by anybody, whatever the program asks.
GRANT DELETE ON responses, answers TO octant_tenant;
CREATE POLICY drafts_only ON responses AS RESTRICTIVE FOR DELETE TO octant_tenant USING (NOT submitted);
CREATE POLICY drafts_only ON answers AS RESTRICTIVE FOR DELETE TO octant_tenant
    USING (EXISTS (SELECT FROM responses r
                   WHERE r.ods = answers.ods AND r.round_id = answers.round_id
                     AND r.respondent = answers.respondent AND NOT r.submitted));

-- How often the person has begun anew. Revisions of answers go on from there, so
-- that a page left open over a deleted draft cannot change the next one unseen.
ALTER TABLE invitations ADD COLUMN drafts_deleted smallint NOT NULL DEFAULT 0;
