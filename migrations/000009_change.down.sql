DROP TABLE milestones;
DROP TABLE changes;
DROP TABLE moments;
DROP TABLE summaries;
