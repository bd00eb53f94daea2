-- A device is found by its hash. While its table fills, within seconds, Postgres
-- takes it for empty and every index of it for as good as any other: it went through
-- all devices of a trust by the one that began with the trust, and kept to that plan.
CREATE INDEX workshop_devices_by_participant ON workshop_devices (participant, workshop_id, ods);
DROP INDEX workshop_devices_of_participant;
