package main

import (
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/web/e2e/program"
)

// TestAuditVerify: a whole record holds; whatever the database's owner does to
// it afterwards is found, and named.
func TestAuditVerify(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	data := program.DataFolder(t)
	environ := []string{"DATABASE_URL=" + storetest.AppURL(t, db), "OCTANT_DATA=" + data}
	for how, c := range map[string]struct {
		sql   string
		says  string
		noted bool
	}{
		"altered":  {`UPDATE audit SET detail = 'Nothing' WHERE ods = $1 AND seq = 5`, "entry 5 does not fit its digest", false},
		"removed":  {`DELETE FROM audit WHERE ods = $1 AND seq = 6`, "entry 7 follows entry 5", false},
		"put in":   {`INSERT INTO audit SELECT ods, 15, at, actor, deed, round_id, person_id, detail, digest FROM audit WHERE ods = $1 AND seq = 14`, "entry 15 does not fit its digest", false},
		"cut off":  {`DELETE FROM audit WHERE ods = $1 AND seq > 12`, "its last entry is 12", true},
		"all gone": {`DELETE FROM audit WHERE ods = $1`, "its last entry is 0", true},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			board := storetest.Trust(t, db)
			storetest.OpenRound(t, db, board, questionnaire.Core)
			page, err := storetest.Enter(t, db, board.Lead, board.ODS).Audit(t.Context(), store.AuditQuery{})
			if err != nil {
				t.Fatal(err)
			}
			head := board.ODS + "=" + hex.EncodeToString(page.Head[:])
			line := regexp.MustCompile(`(?m)^` + board.ODS + ` +14 entries +head ` + hex.EncodeToString(page.Head[:]) + ` +holds$`)
			if got := command(t, environ, "audit", "verify", "--head="+head); !line.MatchString(got.out) || strings.Contains(got.err, board.ODS+":") {
				t.Fatalf("before: %s\n%s", got.out, got.err)
			}
			storetest.Change(t, db, c.sql, board.ODS)
			got := command(t, environ, "audit", "verify", "--head", strings.ToLower(head), "--head=platform="+strings.Repeat("0", 64))
			got.wants(t, 1, "octant: "+board.ODS+": "+c.says, "BROKEN", "octant: platform: its last entry is 0")
			if without := command(t, environ, "audit", "verify"); c.noted == strings.Contains(without.err, board.ODS+":") {
				t.Errorf("without a head noted it says:\n%s%s", without.out, without.err)
			}
		})
	}
}

func TestAuditVerifyOfAWholeRecord(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	storetest.ClosedRound(t, db, board, questionnaire.Core)
	environ := []string{"DATABASE_URL=" + storetest.AppURL(t, db), "OCTANT_DATA=" + program.DataFolder(t)}
	got := command(t, environ, "audit", "verify")
	got.wants(t, 0, board.ODS+" ", "platform ", "holds")
	if got.err != "" {
		t.Errorf("it complains of %s", got.err)
	}
	for _, odd := range []string{"x", board.ODS, board.ODS + "=12", "=" + strings.Repeat("0", 64), "toolong=" + strings.Repeat("0", 64)} {
		command(t, environ, "audit", "verify", "--head="+odd).wants(t, 2, "64 characters")
	}
	command(t, environ, "audit").wants(t, 2)
	owner := []string{"DATABASE_URL=" + blind(t, db), environ[1]}
	command(t, owner, "audit", "verify").wants(t, 1, "octant_desk")
	command(t, []string{"DATABASE_URL=postgres://nobody@127.0.0.1:1/none", environ[1]}, "audit", "verify").wants(t, 1, "not available")
}

// blind is the address of an account that may sign in and see nothing.
func blind(t *testing.T, db *store.DB) string {
	t.Helper()
	name := "blind_" + regexp.MustCompile(`[^a-z0-9]`).ReplaceAllString(strings.ToLower(t.Name()), "")
	owner := storetest.Owner(t, db)
	for _, sql := range []string{
		`DROP ROLE IF EXISTS ` + name, `CREATE ROLE ` + name + ` LOGIN PASSWORD 'test'`, `GRANT SELECT ON schema_migrations TO ` + name,
	} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Replace(storetest.AppURL(t, db), "octant_app:", name+":", 1)
}

// TestCommandsBesideARunningServer work on its own Postgres while it serves.
func TestCommandsBesideARunningServer(t *testing.T) {
	t.Parallel()
	environ := []string{"OCTANT_DATA=" + program.DataFolder(t)}
	p := program.Serve(t, octant(t), environ, "--demo")
	command(t, environ, "audit", "verify").wants(t, 0, "R9A ", "holds")
	command(t, environ, "admin", "grant", "Amina@Example.org").wants(t, 1, "--name")
	command(t, environ, "admin", "grant", "not an address").wants(t, 2, "email address")
	command(t, environ, "admin", "grant", "Amina@Example.org", "--name", "Amina Yusuf").wants(t, 0, "Amina Yusuf is a platform administrator")
	command(t, environ, "admin", "grant", "cio@octant.example").wants(t, 0, "is a platform administrator")
	command(t, environ, "admin", "list").wants(t, 0, "Amina Yusuf", "amina@example.org", "cio@octant.example")
	command(t, environ, "audit", "verify").wants(t, 0, "platform")

	cio := visitor(t, p)
	cio.post("/demo/sign-in", form{"person": "cio"})
	if got := cio.get("/admin").status; got != http.StatusOK {
		t.Errorf("an administrator is answered %d", got)
	}
	command(t, environ, "admin", "end", "cio@octant.example").wants(t, 0, "no platform administrator any more")
	command(t, environ, "admin", "end", "cio@octant.example").wants(t, 1, "octant admin list")
	if got := cio.get("/admin").status; got != http.StatusNotFound {
		t.Errorf("whose right has ended is answered %d", got)
	}
	p.Interrupt()
	if code := p.Wait(); code != 0 {
		t.Errorf("it ended with %d:\n%s", code, p.Errors())
	}
	command(t, environ, "admin", "list").wants(t, 0, "Amina Yusuf")
	program.Serve(t, octant(t), environ, "--demo") // whoever was added belongs to the demonstration
}
