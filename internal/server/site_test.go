package server

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/logbook"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// site is a server on a database of its own, asked as a browser asks it.
type site struct {
	t      *testing.T
	db     *store.DB
	server *Server
	routes http.Handler
	log    *logbook.Book
}

func startSite(t *testing.T) *site {
	t.Helper()
	return siteOn(t, storetest.New(t))
}

func siteOn(t *testing.T, db *store.DB) *site {
	t.Helper()
	log := &logbook.Book{}
	s := New(Options{
		DB: db, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: time.Now, Measured: NewMetrics(),
	})
	return &site{t: t, db: db, server: s, routes: s.Routes(), log: log}
}

// browser is one person's browser, signed in or not.
type browser struct {
	site   *site
	cookie string
	json   bool
}

// nobody is a browser that is not signed in.
func (s *site) nobody() browser { return browser{site: s} }

// as is a browser in which the person is signed in, with all of their rights and
// for as long as a test may turn the clock.
func (s *site) as(person uuid.UUID) browser {
	s.t.Helper()
	sm := s.server.sessions
	ctx, err := sm.Load(s.t.Context(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	sm.Put(ctx, sessionPerson, person.String())
	sm.Put(ctx, sessionName, "Somebody")
	sm.Put(ctx, sessionWay, string(access.ByCode))
	sm.SetDeadline(ctx, s.server.now().AddDate(5, 0, 0))
	token, _, err := sm.Commit(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	return browser{site: s, cookie: sm.Cookie.Name + "=" + token}
}

// reply is what came back.
type reply struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   string
}

func (b browser) do(method, path, body string, header http.Header) reply {
	b.site.t.Helper()
	r := httptest.NewRequestWithContext(b.site.t.Context(), method, path, strings.NewReader(body))
	for name, values := range header {
		r.Header[name] = values
	}
	if method == http.MethodPost && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if b.cookie != "" {
		r.Header.Set("Cookie", b.cookie)
	}
	if b.json {
		r.Header.Set("Accept", "application/json")
	}
	rec := httptest.NewRecorder()
	b.site.routes.ServeHTTP(rec, r)
	got, err := io.ReadAll(rec.Result().Body)
	if err != nil {
		b.site.t.Fatal(err)
	}
	return reply{b.site.t, method + " " + path, rec.Code, rec.Header(), string(got)}
}

func (b browser) get(path string) reply {
	b.site.t.Helper()
	return b.do(http.MethodGet, path, "", nil)
}

func (b browser) post(path string, fields ...string) reply {
	b.site.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, path, v.Encode(), nil)
}

// wants fails the test unless the status is this one.
func (r reply) wants(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: %d, want %d\n%.600s", r.what, r.status, status, r.body)
	}
	return r
}

// leads fails the test unless the browser is sent on to this address.
func (r reply) leads(path string) reply {
	r.t.Helper()
	if got := r.wants(http.StatusSeeOther).header.Get("Location"); got != path {
		r.t.Fatalf("%s: leads to %s, want %s", r.what, got, path)
	}
	return r
}

// page is the reply as a document.
func (r reply) page() *goquery.Document {
	r.t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(r.body))
	if err != nil {
		r.t.Fatal(err)
	}
	return d
}

// says fails the test unless the elements that a selector finds say the words.
func (r reply) says(selector, words string) reply {
	r.t.Helper()
	if got := strings.Join(strings.Fields(r.page().Find(selector).Text()), " "); !strings.Contains(got, words) {
		r.t.Fatalf("%s: %s says %.300q, want %q in it", r.what, selector, got, words)
	}
	return r
}

// openRound makes a core round in which every member of the board is asked, and
// opens it. It gives the round's address.
func (s *site) openRound(board storetest.Board, title string) (uuid.UUID, string) {
	s.t.Helper()
	ctx, now := s.t.Context(), time.Now()
	lead := storetest.Enter(s.t, s.db, board.Lead, board.ODS)
	r, err := lead.CreateRound(ctx, assessment.Round{
		Title: title, Form: questionnaire.Core, Questionnaire: questionnaire.Latest(),
		OpensOn: now, ClosesOn: now.AddDate(0, 0, 14),
	}, now)
	if err == nil {
		err = errors.Join(lead.SetAsked(ctx, r.ID, board.Members, now), lead.OpenRound(ctx, r.ID, now))
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return r.ID, "/trusts/" + board.ODS + "/rounds/" + r.ID.String()
}

// closeRound makes such a round and closes it once everybody has answered: one
// after the other the levels given, and then from the first of them again.
func (s *site) closeRound(board storetest.Board, title string, levels ...assessment.Choice) (uuid.UUID, string) {
	s.t.Helper()
	round, path := s.openRound(board, title)
	for i, m := range board.Members {
		s.answerAll(board, round, m, levels[i%len(levels)])
	}
	s.as(board.Lead).post(path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	return round, path
}

// answerAll gives the same choice to every question the core form asks, and
// submits.
func (s *site) answerAll(board storetest.Board, round uuid.UUID, member uuid.UUID, choice assessment.Choice) {
	s.t.Helper()
	v, err := questionnaire.Load(questionnaire.Latest())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, q := range v.Questions(questionnaire.Core) {
		if _, err := s.db.SaveAnswer(s.t.Context(), member, board.ODS, round, assessment.Answer{Question: q.Key, Choice: choice}, time.Now()); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := storetest.Enter(s.t, s.db, member, board.ODS).Submit(s.t.Context(), round, false, time.Now()); err != nil {
		s.t.Fatal(err)
	}
}
