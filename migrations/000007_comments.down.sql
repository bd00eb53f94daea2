ALTER TABLE invitations DROP COLUMN drafts_deleted;
DROP POLICY drafts_only ON answers;
DROP POLICY drafts_only ON responses;
REVOKE DELETE ON responses, answers FROM octant_tenant;
ALTER TABLE answers
    DROP CONSTRAINT answers_ods_round_id_respondent_fkey,
    ADD CONSTRAINT answers_ods_round_id_respondent_fkey
        FOREIGN KEY (ods, round_id, respondent) REFERENCES responses (ods, round_id, respondent);
DROP TABLE comments;
