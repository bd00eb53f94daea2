-- After each change all devices of a room come to the door at once, and are let in
-- together with one question. octant_door is the role that asks it. It reads of
-- workshops what a device has to know of its own place, only for the devices that
-- the transaction was bound to, and it writes nothing: once inside, a device is
-- octant_seat again.
--
-- What a transaction is bound to stands in a select of its own, so that it is read
-- once for a question and not once for each row.
DO $$ BEGIN
    CREATE ROLE octant_door NOLOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN NULL;
END $$;
DO $$ BEGIN
    IF NOT pg_has_role('octant_desk', 'octant_door', 'MEMBER') THEN
        GRANT octant_door TO octant_desk;
    END IF;
EXCEPTION WHEN unique_violation OR internal_error THEN NULL;
END $$;

GRANT SELECT (ods, hash, workshop_id, participant, number) ON workshop_devices TO octant_door;
GRANT SELECT (ods, workshop_id, participant, kind) ON workshop_participants TO octant_door;
GRANT SELECT (ods, id, state, version, current_item) ON workshops TO octant_door;
GRANT SELECT (ods, workshop_id, id, stage) ON workshop_items TO octant_door;
GRANT SELECT (ods, workshop_id, item_id, vote, participant, choice) ON workshop_votes TO octant_door;
GRANT SELECT (ods, workshop_id, item_id, participant, words) ON workshop_cards TO octant_door;
GRANT SELECT (ods, workshop_id, parked_id, participant) ON workshop_ups TO octant_door;

CREATE POLICY some_devices ON workshop_devices FOR SELECT TO octant_door
    USING (ods = current_setting('octant.trust', true)
           AND hash = ANY ((SELECT nullif(current_setting('octant.devices', true), '')::bytea[])::bytea[]));
CREATE POLICY some_workshops ON workshops FOR SELECT TO octant_door
    USING (ods = current_setting('octant.trust', true)
           AND id = ANY ((SELECT nullif(current_setting('octant.workshops', true), '')::uuid[])::uuid[]));
CREATE POLICY some_workshops ON workshop_items FOR SELECT TO octant_door
    USING (ods = current_setting('octant.trust', true)
           AND workshop_id = ANY ((SELECT nullif(current_setting('octant.workshops', true), '')::uuid[])::uuid[]));
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['workshop_participants', 'workshop_votes', 'workshop_cards', 'workshop_ups'] LOOP
        EXECUTE format('CREATE POLICY some_seats ON %I FOR SELECT TO octant_door
                        USING (ods = current_setting(''octant.trust'', true)
                               AND participant = ANY ((SELECT nullif(current_setting(''octant.seats'', true), '''')::uuid[])::uuid[]))', tenant_table);
    END LOOP;
END $$;
