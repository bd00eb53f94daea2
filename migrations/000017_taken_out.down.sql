ALTER TABLE workshop_removed DROP COLUMN voted_until;
