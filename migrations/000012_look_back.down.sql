ALTER TABLE summaries
    DROP COLUMN looked_back,
    DROP COLUMN looked_back_on;
