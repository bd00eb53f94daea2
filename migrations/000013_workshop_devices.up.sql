-- How many people are expected in the room, and which devices are in it, so that
-- whoever runs a workshop sees when more can vote than there are people and can
-- take a device out. A device has the next number of its workshop and the minute
-- in which it joined; the device itself shows the number too. Both go with the
-- participants when the workshop ends.
--
-- devices is how many numbers were given. expected is 0 where nobody has said.
-- A device that a program of before lets in meanwhile has the number 0.
ALTER TABLE workshops
    ADD COLUMN expected integer NOT NULL DEFAULT 0 CHECK (expected BETWEEN 0 AND 2500),
    ADD COLUMN devices  integer NOT NULL DEFAULT 0;
ALTER TABLE workshop_devices
    ADD COLUMN number    integer     NOT NULL DEFAULT 0,
    ADD COLUMN joined_at timestamptz NOT NULL DEFAULT date_trunc('minute', now());

-- A participant whose last device was taken out is removed. Its votes that were
-- closed stay, so that nothing that was shown changes.
ALTER TABLE workshop_participants
    DROP CONSTRAINT workshop_participants_kind_check,
    ADD CONSTRAINT workshop_participants_kind_check CHECK (kind IN ('voter', 'observer', 'simulated', 'removed'));

-- Devices that were taken out, so that they are told so. They go when the
-- workshop ends.
CREATE TABLE workshop_removed (
    ods         text  NOT NULL,
    hash        bytea NOT NULL CHECK (octet_length(hash) = 32),
    workshop_id uuid  NOT NULL,
    PRIMARY KEY (ods, hash),
    FOREIGN KEY (ods, workshop_id) REFERENCES workshops (ods, id) ON DELETE CASCADE
);
CREATE INDEX workshop_removed_of_workshop ON workshop_removed (ods, workshop_id);
ALTER TABLE workshop_removed ENABLE ROW LEVEL SECURITY;
ALTER TABLE workshop_removed FORCE ROW LEVEL SECURITY;
CREATE POLICY one_trust ON workshop_removed TO octant_tenant USING (ods = current_setting('octant.trust', true));
CREATE POLICY one_device ON workshop_removed FOR SELECT TO octant_seat
    USING (ods = current_setting('octant.trust', true) AND hash = decode(current_setting('octant.device', true), 'hex'));

GRANT SELECT, INSERT, DELETE ON workshop_removed TO octant_tenant;
GRANT SELECT (ods, hash) ON workshop_removed TO octant_seat;
GRANT SELECT (number) ON workshop_devices TO octant_seat;
GRANT UPDATE (expected, devices) ON workshops TO octant_tenant;
GRANT UPDATE (kind) ON workshop_participants TO octant_tenant;
