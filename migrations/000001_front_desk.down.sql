-- The roles stay: they belong to the whole cluster, and another database of it
-- may be using them.
DROP TABLE sessions, memberships, people, trusts;
REVOKE SELECT ON schema_migrations FROM octant_desk;
