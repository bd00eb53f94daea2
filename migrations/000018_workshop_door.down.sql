-- The role stays: it belongs to the whole cluster, and another database of it may
-- be using it.
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['workshop_participants', 'workshop_votes', 'workshop_cards', 'workshop_ups'] LOOP
        EXECUTE format('DROP POLICY some_seats ON %I', tenant_table);
    END LOOP;
END $$;
DROP POLICY some_workshops ON workshop_items;
DROP POLICY some_workshops ON workshops;
DROP POLICY some_devices ON workshop_devices;
REVOKE SELECT (ods, workshop_id, parked_id, participant) ON workshop_ups FROM octant_door;
REVOKE SELECT (ods, workshop_id, item_id, participant, words) ON workshop_cards FROM octant_door;
REVOKE SELECT (ods, workshop_id, item_id, vote, participant, choice) ON workshop_votes FROM octant_door;
REVOKE SELECT (ods, workshop_id, id, stage) ON workshop_items FROM octant_door;
REVOKE SELECT (ods, id, state, version, current_item) ON workshops FROM octant_door;
REVOKE SELECT (ods, workshop_id, participant, kind) ON workshop_participants FROM octant_door;
REVOKE SELECT (ods, hash, workshop_id, participant, number) ON workshop_devices FROM octant_door;
