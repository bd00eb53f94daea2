-- The roles stay: they belong to the whole cluster, and another database of it
-- may be using them.
ALTER TABLE letters NO FORCE ROW LEVEL SECURITY;
DELETE FROM letters WHERE request_id IS NOT NULL;
ALTER TABLE letters FORCE ROW LEVEL SECURITY;
ALTER TABLE letters
    DROP COLUMN request_id,
    DROP CONSTRAINT letters_kind_check,
    ADD CONSTRAINT letters_kind_check CHECK (kind IN ('invitation', 'reminder', 'closing', 'released'));
DROP TABLE requests, editions, circle_places, circles, guides, consents;
DROP POLICY listed_trusts ON moments;
DROP POLICY listed_trusts ON summaries;
REVOKE SELECT ON moments FROM octant_census;
REVOKE SELECT ON summaries FROM octant_reader, octant_census;
