package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/web/e2e/program"
)

func TestWeakSecretsAreFound(t *testing.T) {
	t.Parallel()
	for _, weak := range []string{
		strings.Repeat("a", 64), "0123456789abcdef0123456789abcdef", "abcdefghijklmnopqrstuvwxyz012345", "zyxwvutsrqponmlkjihgfedcba987654",
		"the-password-of-our-hospital-7361", "OCTANT_SECRET_for_the_test_server", "change-me-change-me-now-3f9a71c04b", "12345678-b7d14ce09a83f52671bc0e94",
		"make one with openssl rand -hex 32, and never change it", "f00df00df00df00df00df00df00df00d", "abababab11111111abab111111ababab", "k3jf9-k3jf9-k3jf9-k3jf9-k3jf9-k3jf9",
	} {
		if weakness(weak) == "" {
			t.Errorf("%q passes", weak)
		}
	}
	for range 2000 {
		raw := make([]byte, 32)
		_, _ = rand.Read(raw)
		for _, good := range []string{hex.EncodeToString(raw), hex.EncodeToString(raw[:16]), base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw[:24])} {
			if why := weakness(good); why != "" {
				t.Fatalf("%q is said to be weak: it %s", good, why)
			}
		}
	}
}

// TestServeTellsEveryReasonAtOnce: one start is enough to learn all that has to
// be mended before the next.
func TestServeTellsEveryReasonAtOnce(t *testing.T) {
	t.Parallel()
	demo := storetest.New(t)
	if err := demo.FillDemo(t.Context(), storetest.Now); err != nil {
		t.Fatal(err)
	}
	weak := "OCTANT_SECRET=our-own-password-our-own-password"
	elsewhere := "OCTANT_BASE_URL=http://octant.example.org"
	for name, c := range map[string]struct {
		environ []string
		says    []string
	}{
		"no secret, http, demonstration": {
			[]string{elsewhere, "DATABASE_URL=" + storetest.AppURL(t, demo)},
			[]string{"OCTANT_SECRET is not set", "openssl rand -hex 32", "OCTANT_BASE_URL is http", "https", "holds the demonstration", "use another database"},
		},
		"short secret, demonstration": {
			[]string{"OCTANT_SECRET=short", "DATABASE_URL=" + storetest.AppURL(t, demo)},
			[]string{"OCTANT_SECRET must have at least 32", "holds the demonstration"},
		},
		"weak secret, http, no database": {
			[]string{weak, elsewhere, "DATABASE_URL=postgres://nobody:hidden-word@127.0.0.1:1/none"},
			[]string{"OCTANT_SECRET holds a word", "OCTANT_BASE_URL is http", "cannot be reached"},
		},
		"demonstration alone": {
			[]string{aSecret, "DATABASE_URL=" + storetest.AppURL(t, demo)},
			[]string{"holds the demonstration"},
		},
		"http on every network": {
			[]string{aSecret, "OCTANT_ADDR=0.0.0.0:0", "DATABASE_URL=" + storetest.AppURL(t, storetest.New(t))},
			[]string{"OCTANT_BASE_URL is http"},
		},
		"weak secret, nothing yet": {[]string{weak}, []string{"OCTANT_SECRET holds a word"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environ := append([]string{"OCTANT_ADDR=127.0.0.1:0", "OCTANT_METRICS_ADDR=127.0.0.1:0", "OCTANT_DATA=" + program.DataFolder(t)}, c.environ...)
			got := command(t, environ, "serve")
			got.wants(t, 1, c.says...)
			for _, secret := range []string{"own-password", "hidden-word", "short\n"} {
				if strings.Contains(got.err+got.out, secret) {
					t.Errorf("it repeats %q", secret)
				}
			}
			if n := strings.Count(got.err, "octant: "); n != 1 {
				t.Errorf("it begins %d times:\n%s", n, got.err)
			}
		})
	}
}

func TestServeOnAnOldSchemaTellsTheRestToo(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	if err := db.FillDemo(t.Context(), storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := store.MigrateDown(t.Context(), storetest.OwnerURL(t, db), 1); err != nil {
		t.Fatal(err)
	}
	command(t, []string{
		"DATABASE_URL=" + storetest.AppURL(t, db), "OCTANT_DATA=" + program.DataFolder(t),
		"OCTANT_ADDR=127.0.0.1:0", "OCTANT_METRICS_ADDR=127.0.0.1:0",
	}, "serve").wants(t, 1, "OCTANT_SECRET is not set", "octant migrate up", "holds the demonstration")
}

// TestDemonstrationsFolderIsNotServedForReal: its own Postgres is looked into as
// well, and nothing in it changes.
func TestDemonstrationsFolderIsNotServedForReal(t *testing.T) {
	t.Parallel()
	environ := []string{"OCTANT_DATA=" + program.DataFolder(t), "OCTANT_ADDR=127.0.0.1:0", "OCTANT_METRICS_ADDR=127.0.0.1:0"}
	p := program.Serve(t, octant(t), environ, "--demo")
	command(t, environ, "serve").wants(t, 1, "OCTANT_SECRET is not set", "holds the demonstration")
	p.Interrupt()
	if code := p.Wait(); code != 0 {
		t.Fatalf("it ended with %d:\n%s", code, p.Errors())
	}
	command(t, environ, "serve").wants(t, 1, "OCTANT_SECRET is not set", "holds the demonstration")
	command(t, append(environ, aSecret), "serve").wants(t, 1, "holds the demonstration")
	program.Serve(t, octant(t), environ, "--demo")
}
