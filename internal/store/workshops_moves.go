package store

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
	"octant/internal/maturity"
	"octant/internal/workshop"
)

// MinCards is the fewest cards that are shown.
const MinCards = maturity.MinShown

// BeginWorkshop opens the lobby of a prepared workshop, with a code to join by.
func (t *Trust) BeginWorkshop(ctx context.Context, id uuid.UUID, step int, now time.Time) error {
	return fault("begin workshop", t.move(ctx, id, now, func(ctx context.Context, tx pgx.Tx, w *workshop.Workshop) (audit.Deed, error) {
		if err := w.Begin(step, now); err != nil {
			return "", err
		}
		if w.Rehearsal {
			if err := t.simulateMembers(ctx, tx, id); err != nil {
				return "", err
			}
		}
		if _, err := t.newCode(ctx, tx, id, now); err != nil {
			return "", err
		}
		return audit.WorkshopBegun, nil
	}))
}

// EndWorkshop ends a workshop for good. What was told stays; votes, cards and who
// took part go, and the code leads nowhere any more.
func (t *Trust) EndWorkshop(ctx context.Context, id uuid.UUID, step int, now time.Time) error {
	return fault("end workshop", t.move(ctx, id, now, func(ctx context.Context, tx pgx.Tx, w *workshop.Workshop) (audit.Deed, error) {
		if err := w.End(step, now); err != nil {
			return "", err
		}
		return audit.WorkshopEnded, t.forgetRoom(ctx, tx, id)
	}))
}

// forgetRoom erases who took part in a workshop and what they sent, but for what
// was told of it.
func (t *Trust) forgetRoom(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	b := &pgx.Batch{}
	b.Queue(`
			UPDATE workshops SET joined = (SELECT count(*) FROM workshop_participants p
			                               WHERE p.ods = $1 AND p.workshop_id = $2 AND p.kind IN ('voter', 'simulated'))
			WHERE ods = $1 AND id = $2`, t.ODS, id)
	b.Queue(`DELETE FROM workshop_participants WHERE ods = $1 AND workshop_id = $2`, t.ODS, id) // and with them all that is theirs
	b.Queue(`DELETE FROM workshop_removed WHERE ods = $1 AND workshop_id = $2`, t.ODS, id)
	b.Queue(`DELETE FROM workshop_cards WHERE ods = $1 AND workshop_id = $2`, t.ODS, id)
	b.Queue(`DELETE FROM workshop_tallies WHERE ods = $1 AND workshop_id = $2`, t.ODS, id)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	return t.endCodes(ctx, tx, id)
}

// MoveOn makes a move with an item of the agenda, as whoever saw that step. Of two
// who press at once the second is told [workshop.ErrStep].
func (t *Trust) MoveOn(ctx context.Context, id, item uuid.UUID, m workshop.Move, step int, now time.Time) error {
	return fault("move on", t.move(ctx, id, now, func(ctx context.Context, tx pgx.Tx, w *workshop.Workshop) (audit.Deed, error) {
		if err := w.Do(m, item, step, now); err != nil {
			return "", err
		}
		it := w.Now()
		if m == workshop.OpenVote && it.Kind == workshop.Question && !w.Rehearsal {
			return "", t.rested(ctx, tx, w, it.Question, now)
		}
		switch {
		case m == workshop.Reveal && it.Kind == workshop.Cards:
			return "", t.shuffleCards(ctx, tx, w, item, now)
		case m == workshop.Reveal:
			return "", t.tellFirst(ctx, tx, w, it, now)
		case m == workshop.ShowShift:
			return "", t.tellSecond(ctx, tx, id, it)
		case w.Rehearsal && (m == workshop.OpenVote || m == workshop.VoteAgain):
			return "", t.simulateVotes(ctx, tx, id, it)
		}
		return "", nil
	}))
}

// rested refuses a question that another workshop was told of too lately.
func (t *Trust) rested(ctx context.Context, tx pgx.Tx, w *workshop.Workshop, question string, now time.Time) error {
	var told bool
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT FROM workshop_items i JOIN workshops w ON w.ods = i.ods AND w.id = i.workshop_id
			WHERE i.ods = $1 AND i.workshop_id <> $2 AND i.question = $3 AND NOT w.rehearsal AND i.shown_at > $4
			  AND (i.first_told ->> 'n' IS NOT NULL OR i.first_told ->> 'dontKnow' IS NOT NULL OR i.first_told ->> 'nearlyAllDontKnow' = 'true'))`,
		t.ODS, w.ID, question, now.Add(-workshop.Rest)).Scan(&told)
	if err == nil && told {
		return workshop.ErrLately
	}
	return err
}

// RestartVote takes back a vote that was not revealed, and keeps the reason.
func (t *Trust) RestartVote(ctx context.Context, id, item uuid.UUID, step int, reason string, now time.Time) error {
	return fault("restart vote", t.move(ctx, id, now, func(ctx context.Context, tx pgx.Tx, w *workshop.Workshop) (audit.Deed, error) {
		r, err := w.Again(item, step, reason, now)
		if err != nil {
			return "", err
		}
		reset, err := uuid.NewV7()
		if err != nil {
			return "", err
		}
		b := &pgx.Batch{}
		queueForget(b, t.ODS, id, item, r.Vote)
		b.Queue(`INSERT INTO workshop_resets (ods, workshop_id, id, item_id, vote, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			t.ODS, id, reset, item, r.Vote, r.Reason, now)
		return "", tx.SendBatch(ctx, b).Close()
	}))
}

// queueForget erases what was sent or keyed in for one vote.
func queueForget(b *pgx.Batch, ods string, id, item uuid.UUID, vote int) {
	for _, table := range []string{"workshop_votes", "workshop_tallies"} {
		b.Queue(`DELETE FROM `+table+` WHERE ods = $1 AND workshop_id = $2 AND item_id = $3 AND vote = $4`, ods, id, item, vote)
	}
}

// AgreeLevel keeps what the room settled on, or corrects it.
func (t *Trust) AgreeLevel(ctx context.Context, id, item uuid.UUID, step int, a workshop.Agreement, now time.Time) error {
	return fault("agree level", t.move(ctx, id, now, func(_ context.Context, _ pgx.Tx, w *workshop.Workshop) (audit.Deed, error) {
		return "", w.Settle(item, step, a, now)
	}))
}

// KeyTally keys in what was counted from cards of paper, and closes the vote. What
// devices sent in that vote goes.
func (t *Trust) KeyTally(ctx context.Context, id, item uuid.UUID, step int, tally workshop.Tally, now time.Time) error {
	return fault("key tally", t.move(ctx, id, now, func(ctx context.Context, tx pgx.Tx, w *workshop.Workshop) (audit.Deed, error) {
		vote, err := w.KeyIn(item, step, tally)
		if err != nil {
			return "", err
		}
		b := &pgx.Batch{}
		queueForget(b, t.ODS, id, item, vote)
		b.Queue(`INSERT INTO workshop_tallies (ods, workshop_id, item_id, vote, counts) VALUES ($1, $2, $3, $4, $5)`,
			t.ODS, id, item, vote, append(slices.Clone(tally.Counts[:]), tally.DontKnow))
		return "", tx.SendBatch(ctx, b).Close()
	}))
}

// ExtendTimer gives the item under way more time, or less.
func (t *Trust) ExtendTimer(ctx context.Context, id uuid.UUID, by time.Duration, now time.Time) error {
	return fault("extend timer", t.move(ctx, id, now, func(_ context.Context, _ pgx.Tx, w *workshop.Workshop) (audit.Deed, error) {
		return "", w.Extend(by, now)
	}))
}

// move lets the domain change a workshop that nobody else changes or votes in
// meanwhile, keeps what it changed, tells every screen when that is kept, and
// records the deed, if the change names one.
func (t *Trust) move(ctx context.Context, id uuid.UUID, now time.Time, change moving) error {
	return t.moveAs(ctx, access.RunWorkshop, id, now, change)
}

// moving changes a workshop and names the deed that is recorded, "" for none.
type moving func(context.Context, pgx.Tx, *workshop.Workshop) (audit.Deed, error)

func (t *Trust) moveAs(ctx context.Context, p access.Permission, id uuid.UUID, now time.Time, change moving) error {
	return t.held(ctx, p, id, func(ctx context.Context, tx pgx.Tx, w *workshop.Workshop) error {
		before := slices.Clone(w.Items)
		deed, err := change(ctx, tx, w)
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue(`
			UPDATE workshops SET state = $3, step = $4, current_item = $5, timer_ends = $6, begun_at = $7, ended_at = $8
			WHERE ods = $1 AND id = $2`,
			t.ODS, id, w.State, w.Step, orNull(w.Current), orNever(w.TimerEnds), orNever(w.BegunAt), orNever(w.EndedAt))
		for i := range w.Items {
			if it := &w.Items[i]; *it != before[i] {
				if err := queueKeepItem(b, t.ODS, id, it); err != nil {
					return err
				}
			}
		}
		t.queueShown(b, id)
		if err := tx.SendBatch(ctx, b).Close(); err != nil || deed == "" {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: deed, Round: w.Round, Detail: w.Title})
	})
}

func queueKeepItem(b *pgx.Batch, ods string, id uuid.UUID, it *workshop.Item) error {
	first, err := frozen(it.First)
	if err != nil {
		return err
	}
	second, err := frozen(it.Second)
	if err != nil {
		return err
	}
	var level *int
	var reason, dissent string
	if a := it.Agreement; a != nil {
		level, reason, dissent = &a.Level, a.Reason, a.Dissent
	}
	b.Queue(`
		UPDATE workshop_items SET stage = $4, shown_at = $5, done_at = $6, first_cards = $7, second_cards = $8,
		       first_told = $9, second_told = $10, agreed_level = $11, agreed_reason = $12, dissent = $13
		WHERE ods = $1 AND workshop_id = $2 AND id = $3`,
		ods, id, it.ID, it.Stage, orNever(it.ShownAt), orNever(it.DoneAt), it.ByCards[0], it.ByCards[1],
		first, second, level, reason, dissent)
	return nil
}

// frozen is what is told of a vote, as it is kept.
func frozen(it *maturity.Item) (*string, error) {
	if it == nil {
		return nil, nil
	}
	document, err := json.Marshal(it)
	return new(string(document)), err
}

// orNever is the time, or null for the zero one.
func orNever(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// tellFirst works out what may be told of the first vote.
func (t *Trust) tellFirst(ctx context.Context, tx pgx.Tx, w *workshop.Workshop, it *workshop.Item, now time.Time) error {
	first, _, err := t.casts(ctx, tx, w.ID, it)
	if err != nil {
		return err
	}
	could := 0
	if !it.ByCards[0] && !w.Rehearsal {
		if could, err = t.couldVote(ctx, tx, w.ID, now); err != nil {
			return err
		}
	}
	it.First = new(maturity.TellFirst(it.Question, first, could))
	return nil
}

// tellSecond works out what may be told of the second, beside the first.
func (t *Trust) tellSecond(ctx context.Context, tx pgx.Tx, id uuid.UUID, it *workshop.Item) error {
	first, casts, err := t.casts(ctx, tx, id, it)
	if err != nil {
		return err
	}
	second, again := workshop.TallySecond(casts)
	if it.ByCards[1] {
		if second, err = t.keyed(ctx, tx, id, it.ID, 2); err != nil {
			return err
		}
		again = second.People()
	}
	it.Second = new(maturity.TellAgain(it.Question, first, second, again))
	return nil
}

// casts reads both votes on an item, of those who voted first, and counts the
// first. No participant is read. In a rehearsal it reads those of simulated
// members alone: anybody could take them away from a sum and have the rest.
func (t *Trust) casts(ctx context.Context, tx pgx.Tx, id uuid.UUID, it *workshop.Item) (first workshop.Tally, casts []workshop.Cast, err error) {
	if it.ByCards[0] {
		first, err = t.keyed(ctx, tx, id, it.ID, 1)
		return first, nil, err
	}
	rows, err := tx.Query(ctx, `
		SELECT max(v.choice) FILTER (WHERE v.vote = 1) AS first, coalesce(max(v.choice) FILTER (WHERE v.vote = 2), 0)
		FROM workshop_votes v
		WHERE v.ods = $1 AND v.workshop_id = $2 AND v.item_id = $3
		  AND (SELECT w.rehearsal FROM workshops w WHERE w.ods = $1 AND w.id = $2)
		      = (v.participant IN (SELECT p.participant FROM workshop_participants p
		                           WHERE p.ods = $1 AND p.workshop_id = $2 AND p.kind = 'simulated'))
		GROUP BY v.participant
		HAVING bool_or(v.vote = 1)`, t.ODS, id, it.ID)
	if err != nil {
		return first, nil, err
	}
	casts, err = pgx.CollectRows(rows, pgx.RowToStructByPos[workshop.Cast])
	return workshop.TallyFirst(casts), casts, err
}

// keyed is the tally that was keyed in for a vote.
func (t *Trust) keyed(ctx context.Context, tx pgx.Tx, id, item uuid.UUID, vote int) (tally workshop.Tally, err error) {
	var counts []int
	err = tx.QueryRow(ctx, `SELECT counts FROM workshop_tallies WHERE ods = $1 AND workshop_id = $2 AND item_id = $3 AND vote = $4`,
		t.ODS, id, item, vote).Scan(&counts)
	if err != nil {
		return tally, err
	}
	copy(tally.Counts[:], counts)
	tally.DontKnow = counts[len(tally.Counts)]
	return tally, nil
}

// shuffleCards cuts the cards of an item loose from who wrote them: they are
// written once more under random ids and in the ids' order. Too few, by the rules
// of a vote, are not shown and go; so do, in a rehearsal, all but those of
// simulated members.
func (t *Trust) shuffleCards(ctx context.Context, tx pgx.Tx, w *workshop.Workshop, item uuid.UUID, now time.Time) error {
	id, could := w.ID, 0
	if !w.Rehearsal {
		var err error
		if could, err = t.couldVote(ctx, tx, id, now); err != nil {
			return err
		}
	}
	b := &pgx.Batch{}
	b.Queue(`
		DELETE FROM workshop_cards c USING workshop_participants p, workshops w
		WHERE c.ods = $1 AND c.workshop_id = $2 AND c.item_id = $3 AND w.ods = c.ods AND w.id = c.workshop_id AND w.rehearsal
		  AND p.ods = c.ods AND p.workshop_id = c.workshop_id AND p.participant = c.participant AND p.kind <> 'simulated'`, t.ODS, id, item)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `DELETE FROM workshop_cards WHERE ods = $1 AND workshop_id = $2 AND item_id = $3 RETURNING words`,
		t.ODS, id, item)
	if err != nil {
		return err
	}
	words, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(words) < MinCards || !maturity.SpeaksFor(len(words), could) {
		return err
	}
	type card struct {
		id    uuid.UUID
		words string
	}
	cards := make([]card, len(words))
	for i, w := range words {
		if cards[i].id, err = uuid.NewRandom(); err != nil {
			return err
		}
		cards[i].words = w
	}
	slices.SortFunc(cards, func(a, b card) int { return bytes.Compare(a.id[:], b.id[:]) })
	b = &pgx.Batch{}
	for _, c := range cards {
		b.Queue(`INSERT INTO workshop_cards (ods, workshop_id, item_id, id, words) VALUES ($1, $2, $3, $4, $5)`,
			t.ODS, id, item, c.id, c.words)
	}
	return tx.SendBatch(ctx, b).Close()
}

// simulateMembers seats those who are not there.
func (t *Trust) simulateMembers(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	b := &pgx.Batch{}
	for range workshop.SimulatedMembers {
		p, err := uuid.NewRandom()
		if err != nil {
			return err
		}
		b.Queue(`INSERT INTO workshop_participants (ods, workshop_id, participant, kind) VALUES ($1, $2, $3, 'simulated')`, t.ODS, id, p)
	}
	return tx.SendBatch(ctx, b).Close()
}

// simulateVotes has them vote, or write their cards, as soon as they can.
func (t *Trust) simulateVotes(ctx context.Context, tx pgx.Tx, id uuid.UUID, it *workshop.Item) error {
	rows, err := tx.Query(ctx, `
		SELECT participant FROM workshop_participants WHERE ods = $1 AND workshop_id = $2 AND kind = 'simulated' ORDER BY participant`,
		t.ODS, id)
	if err != nil {
		return err
	}
	members, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	for i, p := range members {
		if it.Kind == workshop.Cards {
			b.Queue(`INSERT INTO workshop_cards (ods, workshop_id, item_id, id, participant, words) VALUES ($1, $2, $3, gen_random_uuid(), $4, $5)`,
				t.ODS, id, it.ID, p, workshop.SimulatedCard(it.ID, i))
			continue
		}
		cast := workshop.Simulated(it.ID, i)
		choice := map[int]assessment.Choice{1: cast.First, 2: cast.Second}[it.Vote()]
		b.Queue(`INSERT INTO workshop_votes (ods, workshop_id, item_id, vote, participant, choice) VALUES ($1, $2, $3, $4, $5, $6)`,
			t.ODS, id, it.ID, it.Vote(), p, choice)
	}
	return tx.SendBatch(ctx, b).Close()
}
