REVOKE UPDATE (kind) ON workshop_participants FROM octant_tenant;
DROP TABLE workshop_removed;
ALTER TABLE workshop_participants NO FORCE ROW LEVEL SECURITY;
DELETE FROM workshop_participants WHERE kind = 'removed';
ALTER TABLE workshop_participants FORCE ROW LEVEL SECURITY;
ALTER TABLE workshop_participants
    DROP CONSTRAINT workshop_participants_kind_check,
    ADD CONSTRAINT workshop_participants_kind_check CHECK (kind IN ('voter', 'observer', 'simulated'));
ALTER TABLE workshop_devices DROP COLUMN number, DROP COLUMN joined_at;
ALTER TABLE workshops DROP COLUMN expected, DROP COLUMN devices;
