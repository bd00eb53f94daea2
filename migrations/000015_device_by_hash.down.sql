CREATE INDEX workshop_devices_of_participant ON workshop_devices (ods, workshop_id, participant);
DROP INDEX workshop_devices_by_participant;
