package server

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"octant/internal/access"
	"octant/internal/store/storetest"
)

// BenchmarkPreview previews a list of 2,000 lines, every tenth of them at fault,
// at a trust that has the others already.
func BenchmarkPreview(b *testing.B) {
	db := storetest.New(b)
	board := storetest.Trust(b, db)
	s := New(Options{DB: db, Log: slog.New(slog.DiscardHandler), Now: time.Now, Measured: NewMetrics()})
	ctx, err := s.sessions.Load(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	s.sessions.Put(ctx, sessionPerson, board.Lead.String())
	s.sessions.Put(ctx, sessionWay, string(access.ByCode))
	token, _, err := s.sessions.Commit(ctx)
	if err != nil {
		b.Fatal(err)
	}
	var list strings.Builder
	for i := range access.MostLines {
		email := fmt.Sprintf("person.%d@example.nhs.uk", i)
		if i%10 == 0 {
			email = "not an address"
		}
		fmt.Fprintf(&list, "Person %d,%s,Director of strategy,\n", i, email)
	}
	body := "list=" + url.QueryEscape("name,email,role,side\n"+list.String())
	routes := s.Routes()
	post := func() *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/trusts/"+board.ODS+"/people/add", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", s.sessions.Cookie.Name+"="+token)
		rec := httptest.NewRecorder()
		routes.ServeHTTP(rec, r)
		return rec
	}
	if err := storetest.Enter(b, db, board.Lead, board.ODS).AddPeople(b.Context(), access.ParseList([]byte("name,email,role,side\n"+list.String())).Lines, time.Now()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if rec := post(); rec.Code != http.StatusUnprocessableEntity {
			b.Fatalf("preview answers %d", rec.Code)
		}
	}
	b.ReportMetric(float64(post().Body.Len())/1e6, "MB/page")
}
