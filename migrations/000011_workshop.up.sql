-- The live workshop: its agenda, who takes part, votes, what was agreed, and the
-- actions that come of it.
--
-- A device in the room has a role of its own, octant_seat, with rights on what
-- everybody in one workshop may see and on what that one participant gave. It can
-- read neither notes nor findings, and no vote but its own: what a vote came to
-- stands in the item, put there by its reveal and not before.
DO $$ BEGIN
    CREATE ROLE octant_seat NOLOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN NULL;
END $$;
DO $$ BEGIN
    IF NOT pg_has_role('octant_desk', 'octant_seat', 'MEMBER') THEN
        GRANT octant_seat TO octant_desk;
    END IF;
EXCEPTION WHEN unique_violation OR internal_error THEN NULL;
END $$;

-- step counts the moves, so that of two people who press at once one is told;
-- version counts everything that a screen shows. code_serial is which join code
-- it has, 0 for none. joined is how many took part, once that is all that is kept
-- of them.
CREATE TABLE workshops (
    ods           text        NOT NULL REFERENCES trusts (ods),
    id            uuid        NOT NULL,
    round_id      uuid,
    title         text        NOT NULL CHECK (char_length(title) BETWEEN 1 AND 100),
    questionnaire text        NOT NULL CHECK (char_length(questionnaire) BETWEEN 1 AND 40),
    length        text        NOT NULL CHECK (length IN ('short', 'long', 'sittings')),
    rehearsal     boolean     NOT NULL,
    state         text        NOT NULL CHECK (state IN ('prepared', 'running', 'ended')),
    step          integer     NOT NULL DEFAULT 0,
    version       bigint      NOT NULL DEFAULT 1,
    current_item  uuid,
    code_serial   integer     NOT NULL DEFAULT 0,
    code_until    timestamptz,
    timer_ends    timestamptz,
    joined        integer     NOT NULL DEFAULT 0,
    made_at       timestamptz NOT NULL,
    begun_at      timestamptz,
    ended_at      timestamptz,
    PRIMARY KEY (ods, id),
    FOREIGN KEY (ods, round_id) REFERENCES rounds (ods, id),
    CHECK ((state = 'prepared') = (begun_at IS NULL)),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);
CREATE INDEX workshops_newest_first ON workshops (ods, made_at DESC, id DESC);
CREATE INDEX workshops_of_round ON workshops (ods, round_id);

-- first_told and second_told are what may be told of the two votes, made once by
-- the reveal. A question stands on an agenda once: told twice, its first votes
-- would differ by whoever came or went.
CREATE TABLE workshop_items (
    ods           text        NOT NULL,
    workshop_id   uuid        NOT NULL,
    id            uuid        NOT NULL,
    place         integer     NOT NULL,
    kind          text        NOT NULL CHECK (kind IN ('rules', 'carried', 'cards', 'profile', 'question', 'talk', 'parking', 'actions')),
    question      text        CHECK (char_length(question) BETWEEN 1 AND 20),
    title         text        NOT NULL CHECK (char_length(title) BETWEEN 1 AND 100),
    minutes       smallint    NOT NULL CHECK (minutes BETWEEN 0 AND 180),
    sitting       smallint    NOT NULL CHECK (sitting IN (1, 2)),
    prompt        text        NOT NULL CHECK (char_length(prompt) <= 500),
    why           text        NOT NULL CHECK (char_length(why) <= 500),
    notes         text        NOT NULL DEFAULT '' CHECK (char_length(notes) <= 2000),
    stage         text        NOT NULL DEFAULT 'waiting' CHECK (stage IN ('waiting', 'shown', 'voting', 'voted', 'revealed',
                                  'discussing', 'voting again', 'voted again', 'shifted', 'agreed', 'done')),
    shown_at      timestamptz,
    done_at       timestamptz,
    first_cards   boolean     NOT NULL DEFAULT false,
    second_cards  boolean     NOT NULL DEFAULT false,
    first_told    json,
    second_told   json,
    agreed_level  smallint    CHECK (agreed_level BETWEEN 1 AND 5),
    agreed_reason text        NOT NULL DEFAULT '' CHECK (char_length(agreed_reason) <= 1000),
    dissent       text        NOT NULL DEFAULT '' CHECK (char_length(dissent) <= 1000),
    PRIMARY KEY (ods, workshop_id, id),
    UNIQUE (ods, workshop_id, question),
    FOREIGN KEY (ods, workshop_id) REFERENCES workshops (ods, id) ON DELETE CASCADE,
    CHECK ((kind = 'question') = (question IS NOT NULL)),
    CHECK (first_told IS NULL OR stage NOT IN ('waiting', 'shown', 'voting', 'voted')),
    CHECK (second_told IS NULL OR stage IN ('shifted', 'agreed', 'done'))
);

-- Who takes part: a random number for a device nobody is signed in on, and for a
-- board member a pseudonym that holds in this workshop alone, so that all their
-- devices have one vote. Neither a person nor a time stands here, and all of it
-- goes when the workshop ends.
CREATE TABLE workshop_participants (
    ods         text NOT NULL,
    workshop_id uuid NOT NULL,
    participant uuid NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('voter', 'observer', 'simulated')),
    PRIMARY KEY (ods, workshop_id, participant),
    FOREIGN KEY (ods, workshop_id) REFERENCES workshops (ods, id) ON DELETE CASCADE
);

CREATE TABLE workshop_devices (
    ods         text  NOT NULL,
    hash        bytea NOT NULL CHECK (octet_length(hash) = 32),
    workshop_id uuid  NOT NULL,
    participant uuid  NOT NULL,
    PRIMARY KEY (ods, hash),
    FOREIGN KEY (ods, workshop_id, participant) REFERENCES workshop_participants (ods, workshop_id, participant) ON DELETE CASCADE
);
CREATE INDEX workshop_devices_of_participant ON workshop_devices (ods, workshop_id, participant);

-- choice is the level, or 6 for "I do not know". A participant's next vote takes
-- the place of the one before.
CREATE TABLE workshop_votes (
    ods         text     NOT NULL,
    workshop_id uuid     NOT NULL,
    item_id     uuid     NOT NULL,
    vote        smallint NOT NULL CHECK (vote IN (1, 2)),
    participant uuid     NOT NULL,
    choice      smallint NOT NULL CHECK (choice BETWEEN 1 AND 6),
    PRIMARY KEY (ods, workshop_id, item_id, vote, participant),
    FOREIGN KEY (ods, workshop_id, item_id) REFERENCES workshop_items (ods, workshop_id, id) ON DELETE CASCADE,
    FOREIGN KEY (ods, workshop_id, participant) REFERENCES workshop_participants (ods, workshop_id, participant) ON DELETE CASCADE
) WITH (fillfactor = 80);

-- What was counted from cards of paper, levels and then "I do not know". It
-- stands for the whole vote: what devices sent in that vote goes.
CREATE TABLE workshop_tallies (
    ods         text      NOT NULL,
    workshop_id uuid      NOT NULL,
    item_id     uuid      NOT NULL,
    vote        smallint  NOT NULL CHECK (vote IN (1, 2)),
    counts      integer[] NOT NULL CHECK (array_length(counts, 1) = 6),
    PRIMARY KEY (ods, workshop_id, item_id, vote),
    FOREIGN KEY (ods, workshop_id, item_id) REFERENCES workshop_items (ods, workshop_id, id) ON DELETE CASCADE
);

-- A card is its writer's until the cards are shown; then it has no writer, and an
-- id that orders nothing.
CREATE TABLE workshop_cards (
    ods         text NOT NULL,
    workshop_id uuid NOT NULL,
    item_id     uuid NOT NULL,
    id          uuid NOT NULL,
    participant uuid,
    words       text NOT NULL CHECK (char_length(words) BETWEEN 1 AND 200),
    PRIMARY KEY (ods, workshop_id, item_id, id),
    UNIQUE (ods, workshop_id, item_id, participant),
    FOREIGN KEY (ods, workshop_id, item_id) REFERENCES workshop_items (ods, workshop_id, id) ON DELETE CASCADE,
    FOREIGN KEY (ods, workshop_id, participant) REFERENCES workshop_participants (ods, workshop_id, participant) ON DELETE CASCADE
);

CREATE TABLE workshop_parked (
    ods         text    NOT NULL,
    workshop_id uuid    NOT NULL,
    id          uuid    NOT NULL,
    words       text    NOT NULL CHECK (char_length(words) BETWEEN 1 AND 200),
    ups         integer NOT NULL DEFAULT 0,
    done        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (ods, workshop_id, id),
    FOREIGN KEY (ods, workshop_id) REFERENCES workshops (ods, id) ON DELETE CASCADE
);

CREATE TABLE workshop_ups (
    ods         text NOT NULL,
    workshop_id uuid NOT NULL,
    parked_id   uuid NOT NULL,
    participant uuid NOT NULL,
    PRIMARY KEY (ods, workshop_id, parked_id, participant),
    FOREIGN KEY (ods, workshop_id, parked_id) REFERENCES workshop_parked (ods, workshop_id, id) ON DELETE CASCADE,
    FOREIGN KEY (ods, workshop_id, participant) REFERENCES workshop_participants (ods, workshop_id, participant) ON DELETE CASCADE
);

CREATE TABLE workshop_resets (
    ods         text        NOT NULL,
    workshop_id uuid        NOT NULL,
    id          uuid        NOT NULL,
    item_id     uuid        NOT NULL,
    vote        smallint    NOT NULL CHECK (vote IN (1, 2)),
    reason      text        NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 1000),
    at          timestamptz NOT NULL,
    PRIMARY KEY (ods, workshop_id, id),
    FOREIGN KEY (ods, workshop_id, item_id) REFERENCES workshop_items (ods, workshop_id, id) ON DELETE CASCADE
);

-- Which workshop a join code leads to, for the front desk alone. Only its keyed
-- hash is kept; the row goes with the workshop.
CREATE TABLE workshop_codes (
    hash        bytea       NOT NULL CHECK (octet_length(hash) = 32),
    ods         text        NOT NULL,
    workshop_id uuid        NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (hash)
);
CREATE INDEX workshop_codes_of_workshop ON workshop_codes (ods, workshop_id);
GRANT SELECT, INSERT, DELETE ON workshop_codes TO octant_desk;

-- Who does what by when. owner_id is somebody of the trust; owner_name is for
-- somebody who has no account.
CREATE TABLE actions (
    ods         text        NOT NULL REFERENCES trusts (ods),
    id          uuid        NOT NULL,
    workshop_id uuid,
    item_id     uuid,
    element     text        NOT NULL DEFAULT '' CHECK (char_length(element) <= 20),
    what        text        NOT NULL CHECK (char_length(what) BETWEEN 1 AND 300),
    owner_id    uuid        REFERENCES people (id),
    owner_name  text        NOT NULL DEFAULT '' CHECK (char_length(owner_name) <= 100),
    due_on      date        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('open', 'done', 'dropped')),
    became      text        NOT NULL DEFAULT '' CHECK (char_length(became) <= 1000),
    made_at     timestamptz NOT NULL,
    settled_at  timestamptz,
    PRIMARY KEY (ods, id),
    FOREIGN KEY (ods, workshop_id) REFERENCES workshops (ods, id) ON DELETE CASCADE,
    FOREIGN KEY (ods, workshop_id, item_id) REFERENCES workshop_items (ods, workshop_id, id),
    CHECK (owner_id IS NOT NULL OR owner_name <> ''),
    CHECK ((state = 'open') = (settled_at IS NULL))
);
CREATE INDEX actions_by_day ON actions (ods, state, due_on);

-- A letter may be about a workshop or an action instead of a round. for_day is the
-- due date that a reminder was about, so that an action with a new date has new
-- reminders.
ALTER TABLE letters
    ADD COLUMN workshop_id uuid,
    ADD COLUMN action_id   uuid,
    ADD COLUMN for_day     date,
    DROP CONSTRAINT letters_kind_check,
    ADD CONSTRAINT letters_kind_check
        CHECK (kind IN ('invitation', 'reminder', 'closing', 'released', 'request', 'reply', 'outcome', 'action-week', 'action-day')),
    ADD FOREIGN KEY (ods, workshop_id) REFERENCES workshops (ods, id),
    ADD FOREIGN KEY (ods, action_id) REFERENCES actions (ods, id) ON DELETE CASCADE;
CREATE INDEX letters_of_action ON letters (ods, action_id) WHERE action_id IS NOT NULL;

GRANT SELECT, INSERT, DELETE ON workshops, workshop_items, workshop_participants, workshop_devices, workshop_votes,
    workshop_tallies, workshop_cards, workshop_parked, workshop_ups, workshop_resets TO octant_tenant;
GRANT SELECT, INSERT ON actions TO octant_tenant;
GRANT UPDATE (state, step, version, current_item, code_serial, code_until, timer_ends, joined, begun_at, ended_at)
    ON workshops TO octant_tenant;
GRANT UPDATE (place, title, minutes, sitting, prompt, notes, stage, shown_at, done_at, first_cards, second_cards,
    first_told, second_told, agreed_level, agreed_reason, dissent) ON workshop_items TO octant_tenant;
GRANT UPDATE (counts) ON workshop_tallies TO octant_tenant;
GRANT UPDATE (ups, done) ON workshop_parked TO octant_tenant;
GRANT UPDATE (element, what, owner_id, owner_name, due_on, state, became, settled_at) ON actions TO octant_tenant;

GRANT SELECT (ods, id, round_id, title, questionnaire, length, rehearsal, state, step, version, current_item, timer_ends, made_at,
    begun_at, ended_at) ON workshops TO octant_seat;
GRANT UPDATE (version) ON workshops TO octant_seat;
GRANT SELECT (ods, workshop_id, id, place, kind, question, title, minutes, sitting, prompt, stage, shown_at, done_at, first_cards,
    second_cards, first_told, second_told, agreed_level, agreed_reason, dissent) ON workshop_items TO octant_seat;
GRANT SELECT (ods, workshop_id, participant, kind) ON workshop_participants TO octant_seat;
GRANT SELECT (ods, hash, workshop_id, participant) ON workshop_devices TO octant_seat;
GRANT SELECT, INSERT ON workshop_votes, workshop_cards, workshop_parked, workshop_ups TO octant_seat;
GRANT UPDATE (choice) ON workshop_votes TO octant_seat;
GRANT UPDATE (words) ON workshop_cards TO octant_seat;
GRANT UPDATE (ups) ON workshop_parked TO octant_seat;
GRANT DELETE ON workshop_ups TO octant_seat;
GRANT SELECT (ods, id, workshop_id, item_id, element, what, owner_name, owner_id, due_on, state, became, made_at, settled_at)
    ON actions TO octant_seat;
GRANT SELECT (ods, name) ON trusts TO octant_seat;
GRANT SELECT (id, name) ON people TO octant_seat;

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['workshops', 'workshop_items', 'workshop_participants', 'workshop_devices', 'workshop_votes',
        'workshop_tallies', 'workshop_cards', 'workshop_parked', 'workshop_ups', 'workshop_resets', 'actions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('CREATE POLICY one_trust ON %I TO octant_tenant
                        USING (ods = current_setting(''octant.trust'', true))', tenant_table);
    END LOOP;
    FOREACH tenant_table IN ARRAY ARRAY['workshop_items', 'workshop_parked', 'actions'] LOOP
        EXECUTE format('CREATE POLICY one_workshop ON %I TO octant_seat
                        USING (ods = current_setting(''octant.trust'', true)
                               AND workshop_id = nullif(current_setting(''octant.workshop'', true), '''')::uuid)', tenant_table);
    END LOOP;
    FOREACH tenant_table IN ARRAY ARRAY['workshop_participants', 'workshop_votes', 'workshop_ups'] LOOP
        EXECUTE format('CREATE POLICY one_seat ON %I TO octant_seat
                        USING (ods = current_setting(''octant.trust'', true)
                               AND workshop_id = nullif(current_setting(''octant.workshop'', true), '''')::uuid
                               AND participant = nullif(current_setting(''octant.seat'', true), '''')::uuid)', tenant_table);
    END LOOP;
END $$;

CREATE POLICY one_workshop ON workshops TO octant_seat
    USING (ods = current_setting('octant.trust', true) AND id = nullif(current_setting('octant.workshop', true), '')::uuid);
CREATE POLICY one_device ON workshop_devices FOR SELECT TO octant_seat
    USING (ods = current_setting('octant.trust', true) AND hash = decode(current_setting('octant.device', true), 'hex'));
-- One's own card, and those that are shown.
CREATE POLICY one_seat ON workshop_cards TO octant_seat
    USING (ods = current_setting('octant.trust', true)
           AND workshop_id = nullif(current_setting('octant.workshop', true), '')::uuid
           AND (participant IS NULL OR participant = nullif(current_setting('octant.seat', true), '')::uuid))
    WITH CHECK (ods = current_setting('octant.trust', true)
           AND workshop_id = nullif(current_setting('octant.workshop', true), '')::uuid
           AND participant = nullif(current_setting('octant.seat', true), '')::uuid);
CREATE POLICY one_workshop ON trusts FOR SELECT TO octant_seat USING (ods = current_setting('octant.trust', true));
CREATE POLICY one_workshop ON people FOR SELECT TO octant_seat
    USING (EXISTS (SELECT FROM actions a
                   WHERE a.ods = current_setting('octant.trust', true)
                     AND a.workshop_id = nullif(current_setting('octant.workshop', true), '')::uuid AND a.owner_id = people.id));
