package main

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"

	"octant/internal/audit"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// close keeps what is kept of a closed round.
func (c *chronicle) close(random *rand.Rand, now, before *sat, title string, age int) {
	closed := c.closes(age)
	meta := maturity.Meta{
		Trust: maturity.Trust{ODS: c.trust.ods, Name: c.trust.name},
		Round: maturity.Round{ID: now.id.String(), Title: title, Opened: c.opens(age), Closed: closed},
	}
	for _, t := range titles {
		meta.Roles = append(meta.Roles, maturity.RoleCount{Role: t, Invited: 1})
	}
	report := maturity.Publish(now.in, meta)
	now.result = report.Result
	document, digest, err := maturity.Freeze(report)
	if err != nil {
		c.fault = err
		return
	}
	r := c.row("reports")
	r.text(c.trust.ods)
	r.id(now.id)
	r.small(report.Schema)
	r.text(digest)
	r.bytes(document)
	r.time(closed)
	c.keepSummary(now, title, closed, document)
	for _, m := range maturity.Moments(now.in) {
		r = c.row("moments")
		r.text(c.trust.ods)
		r.id(now.id)
		r.text(m.Element)
		r.integer(m.N)
		r.float(m.Mean)
		r.float(m.Variance)
	}
	if before != nil {
		c.keepChange(now, before)
	}
	if !c.commentsGone(age) {
		c.keepComments(random, now)
	}
	c.keepDeeds(now, title, age)
	if age%4 == 0 {
		r = c.row("milestones")
		r.text(c.trust.ods)
		r.id(idAt(random, closed))
		r.day(midnight(closed))
		r.text("Something else happened in the trust")
		r.id(c.trust.lead.id)
		r.time(closed)
	}
}

// keepSummary copies the published figures out of the report, as the store does.
func (c *chronicle) keepSummary(now *sat, title string, closed time.Time, document []byte) {
	var told struct {
		Result struct {
			Overall  json.RawMessage
			Elements []map[string]json.RawMessage
		}
	}
	if err := json.Unmarshal(document, &told); err != nil {
		c.fault = err
		return
	}
	for _, e := range told.Result.Elements {
		for _, left := range []string{"items", "dontKnow", "claimed", "shown"} {
			delete(e, left)
		}
	}
	elements, err := json.Marshal(told.Result.Elements)
	if err != nil {
		c.fault = err
		return
	}
	r := c.row("summaries")
	r.text(c.trust.ods)
	r.id(now.id)
	r.day(midnight(closed))
	r.text(title)
	r.text(string(questionnaire.Full))
	r.text(c.version.Name)
	r.integer(boardSize)
	r.integer(len(now.who))
	r.json(told.Result.Overall)
	r.json(elements)
}

// keepChange keeps what is told of those who answered both rounds.
func (c *chronicle) keepChange(now, before *sat) {
	turnover := maturity.Turnover{}
	for _, p := range now.asked {
		if slices.Contains(before.asked, p) {
			turnover.Stayed++
		}
	}
	turnover.Joined, turnover.Left = len(now.asked)-turnover.Stayed, len(before.asked)-turnover.Stayed
	var returning [][2]int
	for i, p := range now.who {
		if j := slices.Index(before.who, p); j >= 0 {
			returning = append(returning, [2]int{j, i})
		}
	}
	change := maturity.Follow(maturity.Sitting{Input: before.in, Result: before.result}, maturity.Sitting{Input: now.in, Result: now.result},
		before.id.String(), now.id.String(), returning, turnover)
	document, digest, err := maturity.FreezeChange(change)
	if err != nil {
		c.fault = err
		return
	}
	r := c.row("changes")
	r.text(c.trust.ods)
	r.id(now.id)
	r.id(before.id)
	r.small(change.Schema)
	r.text(digest)
	r.bytes(document)
}

// keepComments cuts what was written loose from whose it is.
func (c *chronicle) keepComments(random *rand.Rand, now *sat) {
	for _, response := range now.in.Responses {
		for _, key := range c.keys {
			words := response.Answers[key].Comment
			if words == "" || !now.result.CommentsMayShow(key) {
				continue
			}
			r := c.row("comments")
			r.text(c.trust.ods)
			r.id(now.id)
			r.id(idAt(random, c.today))
			r.text(key)
			r.text("comment")
			r.text(words)
		}
	}
}

// keepDeeds adds a round to the record of what was done.
func (c *chronicle) keepDeeds(now *sat, title string, age int) {
	for _, d := range []struct {
		deed audit.Deed
		at   time.Time
	}{{audit.RoundMade, c.opens(age)}, {audit.RoundOpened, c.opens(age)}, {audit.RoundClosed, c.closes(age)}} {
		e := audit.Entry{ODS: c.trust.ods, Seq: c.chain.Seq + 1, At: d.at, Actor: c.trust.lead.id, Deed: d.deed, Round: now.id, Detail: title}
		digest := e.After(c.chain.Head)
		c.chain.Seq, c.chain.Head = e.Seq, digest
		r := c.row("audit")
		r.text(e.ODS)
		r.big(e.Seq)
		r.time(e.At)
		r.id(e.Actor)
		r.text(string(e.Deed))
		r.id(e.Round)
		r.text(e.Detail)
		r.bytes(digest[:])
	}
}
