ALTER TABLE rounds DROP COLUMN looks_back;
DROP TABLE milestones;
DROP TABLE changes;
DROP TABLE moments;
DROP TABLE summaries;
