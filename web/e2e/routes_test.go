package e2e

import (
	"bufio"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"octant/internal/server"
	"octant/internal/store"
)

// noPage says of an address that it answers with no page of ours but with a file,
// a piece of a live page or words for machines. A letter's own HTML is looked at where letters are
// tested.
func noPage(route string) bool {
	for _, end := range []string{".csv", ".json", ".md", "/now", "/events"} {
		if strings.HasSuffix(route, end) {
			return true
		}
	}
	return slices.Contains([]string{"/healthz", "/readyz", "/static/*", "/demo/letters/{letter}/html"}, route)
}

// checkRoutes finds pages at which no walk has looked: seen is a file with the
// address of each page that was checked.
func checkRoutes(t *testing.T, db *store.DB, seen string) {
	routes := server.New(server.Options{DB: db, Log: slog.New(slog.DiscardHandler), Now: time.Now, Origin: "http://127.0.0.1", Demo: true}).Routes()
	file, err := os.Open(seen)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	looked := map[string]bool{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		found := chi.NewRouteContext()
		if routes.Match(found, http.MethodGet, lines.Text()) {
			looked[tidy(found.RoutePattern())] = true
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	err = chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if route = tidy(route); method == http.MethodGet && !noPage(route) && !looked[route] {
			t.Errorf("no station of stations.js is a page of %s", route)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tidy is a route as it is written once: that of a page which begins a part of
// the site ends in a slash or does not.
func tidy(route string) string {
	if route == "/" {
		return route
	}
	return strings.TrimSuffix(route, "/")
}
