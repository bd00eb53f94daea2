DROP TABLE identity_providers, rate_limits, sign_in_codes, sign_ins;
DROP INDEX sessions_of_person;
ALTER TABLE sessions
    DROP COLUMN id, DROP COLUMN person_id, DROP COLUMN way, DROP COLUMN ods,
    DROP COLUMN device, DROP COLUMN started_at, DROP COLUMN seen_at;
REVOKE UPDATE (title, side, from_on, to_on) ON memberships FROM octant_desk;
REVOKE UPDATE (name, kind) ON trusts FROM octant_desk;
REVOKE UPDATE (name, email, admin) ON people FROM octant_desk;
ALTER TABLE people DROP COLUMN made_at;
-- The earlier program knows nobody without an address.
UPDATE people SET email = id || '@no-address.invalid' WHERE email IS NULL;
ALTER TABLE people ALTER COLUMN email SET NOT NULL;
