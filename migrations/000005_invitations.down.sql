DROP TABLE letters, paper_sheets, links;
ALTER TABLE responses DROP COLUMN paper;
ALTER TABLE invitations DROP COLUMN extended_to, DROP COLUMN away, DROP COLUMN on_paper;
ALTER TABLE rounds DROP COLUMN by_clock, DROP COLUMN unlinked_at, DROP COLUMN comments_erased_at;
