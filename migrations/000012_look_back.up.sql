-- Where the people of a round, looking back, put the board at an earlier one: a
-- copy out of the round's frozen report, as are the other figures here. The
-- answers lie with all others, under keys of their own. Rounds that nobody looked
-- back in have none, and neither have those that an older program closes.
ALTER TABLE summaries
    ADD COLUMN looked_back jsonb,
    ADD COLUMN looked_back_on uuid,
    ADD CHECK ((looked_back IS NULL) = (looked_back_on IS NULL)),
    ADD FOREIGN KEY (ods, looked_back_on) REFERENCES reports (ods, round_id);
CREATE INDEX summaries_looked_back_on ON summaries (ods, looked_back_on) WHERE looked_back_on IS NOT NULL;
