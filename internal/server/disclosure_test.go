package server

import (
	"net/http"
	"strings"
	"testing"

	"octant/internal/assessment"
	"octant/internal/store/storetest"
)

func TestDisclosureViewLeavesOutWhatPointsAtOnePerson(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	round, path := s.openRound(b, "Autumn")
	for i, m := range b.Members {
		s.answerAll(b, round, m, assessment.Choice(1+i%5))
	}
	s.as(b.Members[0]).post(path+"/questions/1.1", "choice", "2", "revision", "1", "comment", "my own words", "evidence", "my own proof").wants(http.StatusSeeOther)
	lead := s.as(b.Lead)
	lead.post(path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	whole := lead.get(path + "/report").wants(http.StatusOK)
	got := lead.get(path+"/report/disclosure").wants(http.StatusOK).
		says("h1", "If this report were released").says("main", "Section 40").says("main", "Section 36")
	digest := strings.TrimPrefix(lead.get(path+"/report.json").header.Get("Digest"), "sha-256=")
	if flat := strings.Join(strings.Fields(got.page().Find(".app-digest").Text()), ""); !strings.Contains(flat, digest) {
		t.Error("the view does not name the frozen document's digest")
	}
	for what, words := range map[string]string{
		"a role": "Chief nurse", "a comment": "my own words", "evidence": "my own proof", "counts": "app-chart--answers",
		"noted evidence": "noted evidence", "files": ".csv", "the frozen document": "report.json", "one's own answers": "/mine",
	} {
		if strings.Contains(strings.ToLower(got.body), strings.ToLower(words)) {
			t.Errorf("%s is in the view: %s", what, words)
		}
		if words == "Chief nurse" && !strings.Contains(strings.ToLower(whole.body), strings.ToLower(words)) {
			t.Error("the report itself does not name a role, so that this shows nothing")
		}
	}
	if got.page().Find("main form").Length() > 0 {
		t.Error("the view asks for something")
	}
}

func TestDisclosureOfTooFewSaysSo(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	round, path := s.openRound(b, "Autumn")
	s.answerAll(b, round, b.Members[0], 3)
	lead := s.as(b.Lead)
	lead.get(path + "/report/disclosure").wants(http.StatusNotFound)
	lead.post(path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	lead.get(path+"/report/disclosure").says("main", "no results are shown")
}
