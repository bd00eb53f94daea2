package store

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
	"octant/internal/maturity"
)

// Comment is something that somebody wrote beside an answer. Whose it is, is not
// kept with it.
type Comment struct {
	ID       uuid.UUID
	Question string
	Evidence bool // a note of what could show the answer
	Words    string
	Hidden   bool // by the trust's lead
}

// Comments is what was written in a closed round and may be read.
type Comments struct {
	Report Frozen
	All    []Comment // in an order that says nothing
	Erased time.Time // when they went after their time; zero while they are kept
}

// Comments reads what was written in a closed round, and records that it was
// read, once a day for each person and round. The words of a hidden comment are
// for those who may show it again.
func (t *Trust) Comments(ctx context.Context, round uuid.UUID, now time.Time) (c Comments, err error) {
	err = t.tx(ctx, access.ReadComments, func(ctx context.Context, tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue(`
			SELECT p.digest, p.document, coalesce(r.comments_erased_at, '0001-01-01 00:00:00Z')
			FROM reports p JOIN rounds r ON r.ods = p.ods AND r.id = p.round_id
			WHERE p.ods = $1 AND p.round_id = $2`, t.ODS, round).
			QueryRow(func(row pgx.Row) error { return row.Scan(&c.Report.Digest, &c.Report.Document, &c.Erased) })
		b.Queue(`
			SELECT id, question, kind = 'evidence', CASE WHEN hidden AND NOT $3 THEN '' ELSE words END, hidden
			FROM comments WHERE ods = $1 AND round_id = $2 ORDER BY id`, t.ODS, round, t.May(access.HideComments)).
			Query(func(rows pgx.Rows) (err error) {
				c.All, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Comment])
				return err
			})
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		return t.noteDaily(ctx, tx, now, audit.Entry{Deed: audit.CommentsRead, Round: round})
	})
	return c, fault("comments", err)
}

// HideComment hides a comment that identifies somebody, or shows it again. No
// comment is ever changed.
func (t *Trust) HideComment(ctx context.Context, round, comment uuid.UUID, hide bool, now time.Time) error {
	deed := audit.CommentShown
	if hide {
		deed = audit.CommentHidden
	}
	return fault("hide comment", t.tx(ctx, access.HideComments, func(ctx context.Context, tx pgx.Tx) error {
		var was bool
		err := tx.QueryRow(ctx, `SELECT hidden FROM comments WHERE ods = $1 AND round_id = $2 AND id = $3 FOR UPDATE`,
			t.ODS, round, comment).Scan(&was)
		if err != nil || was == hide {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE comments SET hidden = $4 WHERE ods = $1 AND round_id = $2 AND id = $3`,
			t.ODS, round, comment, hide)
		if err != nil {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: deed, Round: round, Detail: "comment " + comment.String()})
	}))
}

// keepComments cuts what was written loose from whose it is, when a round
// closes: the words of submitted answers to questions of which the rules let
// them be read, under random ids and in the ids' order, so that neither the rows
// nor their place in the table put one person's together.
func (t *Trust) keepComments(ctx context.Context, tx pgx.Tx, r assessment.Round, result maturity.Result) error {
	rows, err := tx.Query(ctx, `
		SELECT a.question, a.comment, a.evidence
		FROM responses r JOIN answers a
		  ON a.ods = r.ods AND a.round_id = r.round_id AND a.respondent = r.respondent
		WHERE r.ods = $1 AND r.round_id = $2 AND r.submitted AND (a.comment <> '' OR a.evidence <> '')`, t.ODS, r.ID)
	if err != nil {
		return err
	}
	var loose []Comment
	var question, comment, evidence string
	_, err = pgx.ForEachRow(rows, []any{&question, &comment, &evidence}, func() (err error) {
		if !result.CommentsMayShow(question) {
			return nil
		}
		for _, c := range []Comment{{Question: question, Words: comment}, {Question: question, Words: evidence, Evidence: true}} {
			if c.Words = strings.TrimSpace(c.Words); c.Words == "" {
				continue
			}
			if c.ID, err = uuid.NewRandom(); err != nil {
				return err
			}
			loose = append(loose, c)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(loose, func(a, b Comment) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return t.insertComments(ctx, tx, r.ID, loose)
}

func (t *Trust) insertComments(ctx context.Context, tx pgx.Tx, round uuid.UUID, loose []Comment) error {
	var ids []uuid.UUID
	var questions, kinds, words []string
	for _, c := range loose {
		kind := "comment"
		if c.Evidence {
			kind = "evidence"
		}
		ids, questions, kinds, words = append(ids, c.ID), append(questions, c.Question), append(kinds, kind), append(words, c.Words)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO comments (ods, round_id, id, question, kind, words)
		SELECT $1, $2, * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[])`,
		t.ODS, round, ids, questions, kinds, words)
	return err
}

// noteDaily notes what the person has looked at, unless it was noted for them on
// the same day.
func (t *Trust) noteDaily(ctx context.Context, tx pgx.Tx, at time.Time, e audit.Entry) error {
	var last time.Time
	b := &pgx.Batch{}
	b.Queue(chainLock, t.ODS) // or two looks in one moment would both be the first
	b.Queue(`
		SELECT coalesce(max(at), '0001-01-01 00:00:00Z') FROM audit
		WHERE ods = $1 AND actor = $2 AND deed = $3 AND round_id = $4`, t.ODS, t.Person, e.Deed, e.Round).
		QueryRow(func(row pgx.Row) error { return row.Scan(&last) })
	if err := tx.SendBatch(ctx, b).Close(); err != nil || sameDay(last, at) {
		return err
	}
	return t.note(ctx, tx, at, e)
}

// sameDay says whether two moments lie on one day in the United Kingdom.
func sameDay(a, b time.Time) bool {
	const day = "2006-01-02"
	return a.In(london).Format(day) == b.In(london).Format(day)
}

var london = func() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		return time.UTC
	}
	return l
}()
