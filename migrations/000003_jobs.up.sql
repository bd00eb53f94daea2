-- A place for the job queue's own tables. The queue's library makes and moves
-- them itself, in step with its version (see store.Migrate); here it is given
-- room, and the front desk the use of whatever the owner makes in it.
CREATE SCHEMA river;
GRANT USAGE ON SCHEMA river TO octant_desk;
ALTER DEFAULT PRIVILEGES IN SCHEMA river GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO octant_desk;
ALTER DEFAULT PRIVILEGES IN SCHEMA river GRANT USAGE, SELECT ON SEQUENCES TO octant_desk;
