-- The role stays: it belongs to the whole cluster, and another database of it may
-- be using it.
DROP POLICY one_workshop ON people;
DROP POLICY one_workshop ON trusts;
REVOKE SELECT (id, name) ON people FROM octant_seat;
REVOKE SELECT (ods, name) ON trusts FROM octant_seat;
ALTER TABLE letters NO FORCE ROW LEVEL SECURITY;
DELETE FROM letters WHERE kind IN ('outcome', 'action-week', 'action-day');
ALTER TABLE letters FORCE ROW LEVEL SECURITY;
ALTER TABLE letters
    DROP COLUMN workshop_id, DROP COLUMN action_id, DROP COLUMN for_day,
    DROP CONSTRAINT letters_kind_check,
    ADD CONSTRAINT letters_kind_check
        CHECK (kind IN ('invitation', 'reminder', 'closing', 'released', 'request', 'reply'));
DROP TABLE actions, workshop_codes, workshop_resets, workshop_ups, workshop_parked, workshop_cards, workshop_tallies,
    workshop_votes, workshop_devices, workshop_participants, workshop_items, workshops;
