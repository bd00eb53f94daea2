package store

import (
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// OwnWorkshop is a workshop that goes on and that the person joined as
// themselves. Once it has ended, nothing of it leads to anybody any more, and who
// joined without their account cannot be found at any time.
type OwnWorkshop struct {
	ID      uuid.UUID `json:"-"`
	Title   string    `json:"title"`
	Began   time.Time `json:"began"`
	Devices int       `json:"devices"`
	Votes   []string  `json:"votes"` // such as "Skills, first vote: 3"
	Cards   []string  `json:"cards"` // that nobody was shown yet
}

// queueRunning asks which of a trust's workshops go on.
func (o *OwnTrust) queueRunning(b *pgx.Batch) {
	b.Queue(bind, o.ODS)
	b.Queue(`SELECT id FROM workshops WHERE ods = $1 AND state = 'running' ORDER BY begun_at DESC, id`, o.ODS).
		Query(func(rows pgx.Rows) error {
			var w OwnWorkshop
			_, err := pgx.ForEachRow(rows, []any{&w.ID}, func() error {
				o.Workshops = append(o.Workshops, w)
				return nil
			})
			return err
		})
}

// queueWorkshops asks what the person left in those that go on, under the
// pseudonym that they have in each; those that they are not in are left out.
func (o *OwnTrust) queueWorkshops(b *pgx.Batch, pseudonym func(uuid.UUID) uuid.UUID) {
	ids, participants := make([]uuid.UUID, len(o.Workshops)), make([]uuid.UUID, len(o.Workshops))
	for i, w := range o.Workshops {
		ids[i], participants[i] = w.ID, pseudonym(w.ID)
	}
	o.Workshops = nil
	if len(ids) == 0 {
		return
	}
	into(b.Queue(`
		SELECT w.id, w.title, w.begun_at,
		       (SELECT count(*) FROM workshop_devices d WHERE d.ods = w.ods AND d.workshop_id = w.id AND d.participant = p.participant),
		       ARRAY(SELECT i.title || CASE v.vote WHEN 1 THEN ', first vote: ' ELSE ', second vote: ' END
		                    || CASE v.choice WHEN 6 THEN 'I do not know' ELSE v.choice::text END
		             FROM workshop_votes v JOIN workshop_items i ON i.ods = v.ods AND i.workshop_id = v.workshop_id AND i.id = v.item_id
		             WHERE v.ods = w.ods AND v.workshop_id = w.id AND v.participant = p.participant ORDER BY i.place, v.vote),
		       ARRAY(SELECT c.words FROM workshop_cards c WHERE c.ods = w.ods AND c.workshop_id = w.id AND c.participant = p.participant)
		FROM unnest($2::uuid[], $3::uuid[]) AS me (workshop_id, participant)
		JOIN workshop_participants p ON p.ods = $1 AND p.workshop_id = me.workshop_id AND p.participant = me.participant
		JOIN workshops w ON w.ods = p.ods AND w.id = p.workshop_id
		ORDER BY w.begun_at DESC, w.id`, o.ODS, ids, participants), &o.Workshops)
}
