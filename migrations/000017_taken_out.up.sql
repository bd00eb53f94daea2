-- Until when a device that was taken out could vote; null for one that only watched,
-- or whose owner votes with another. A result must be of at least half the room,
-- those who were taken out counted in.
ALTER TABLE workshop_removed ADD COLUMN voted_until timestamptz;
