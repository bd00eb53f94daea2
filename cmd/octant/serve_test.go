package main

import (
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"octant/internal/store/storetest"
	"octant/web/e2e/program"
)

// aSecret is long enough and nobody's.
const aSecret = "OCTANT_SECRET=b7d14ce09a83f52671bc0e94d8a35f60"

func TestAllFaultsOfTheConfigurationAreToldTogether(t *testing.T) {
	t.Parallel()
	got := command(t, []string{
		"OCTANT_ADDR=here", "OCTANT_METRICS_ADDR=there", "OCTANT_BASE_URL=octant", "OCTANT_SECRET=short",
		"DATABASE_URL=mysql://host/db", "OCTANT_PROXY_HEADER=X Real IP", "OCTANT_DATA=" + program.DataFolder(t),
	}, "serve")
	got.wants(t, 1, "OCTANT_ADDR must", "OCTANT_METRICS_ADDR must", "OCTANT_BASE_URL must", "OCTANT_SECRET must", "DATABASE_URL must", "OCTANT_PROXY_HEADER must")
	if strings.Contains(got.err, "short") {
		t.Error("a secret was repeated")
	}
}

func TestServeNeedsASecret(t *testing.T) {
	t.Parallel()
	command(t, []string{"OCTANT_DATA=" + program.DataFolder(t)}, "serve").wants(t, 1, "OCTANT_SECRET is not set")
}

func TestDemonstrationStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:8080"} {
		command(t, []string{"OCTANT_ADDR=" + addr, "OCTANT_DATA=" + program.DataFolder(t)}, "serve", "--demo").wants(t, 1, "loopback")
	}
}

func TestDemonstrationLeavesOthersRowsAlone(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	storetest.Trust(t, db)
	command(t, []string{
		"DATABASE_URL=" + storetest.AppURL(t, db), "OCTANT_DATA=" + program.DataFolder(t),
		"OCTANT_ADDR=127.0.0.1:0", "OCTANT_METRICS_ADDR=127.0.0.1:0",
	}, "serve", "--demo").
		wants(t, 1, "rows that the demonstration did not make")
}

func TestNoDemonstrationUnlessAsked(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	p := program.Serve(t, octant(t), []string{aSecret, "DATABASE_URL=" + storetest.AppURL(t, db), "OCTANT_DATA=" + program.DataFolder(t)})
	nobody := visitor(t, p)
	for _, path := range []string{"/demo", "/demo/letters"} {
		if got := nobody.get(path).status; got != http.StatusNotFound {
			t.Errorf("%s answers %d, want 404", path, got)
		}
	}
	if got := nobody.post("/demo/sign-in", form{"person": "cio"}).status; got != http.StatusNotFound {
		t.Errorf("signing in answers %d, want 404", got)
	}
	if front := nobody.get("/"); front.status != http.StatusOK || front.Find(`a[href="/demo"]`).Length() != 0 {
		t.Errorf("the front page answers %d and must not lead to the demonstration", front.status)
	}
}

func TestSchemaIsLookedAtBeforeServing(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	environ := []string{
		aSecret, "DATABASE_URL=" + storetest.AppURL(t, db), "DATABASE_OWNER_URL=" + storetest.OwnerURL(t, db),
		"OCTANT_DATA=" + program.DataFolder(t), "OCTANT_ADDR=127.0.0.1:0", "OCTANT_METRICS_ADDR=127.0.0.1:0",
	}
	command(t, environ, "migrate", "status").wants(t, 0, "up to date")
	command(t, environ, "migrate", "down").wants(t, 0, "behind")
	command(t, environ, "serve").wants(t, 1, "octant migrate up")
	command(t, environ, "migrate", "up").wants(t, 0, "up to date")
	program.Serve(t, octant(t), environ)
}

// One data folder from its first day: served, shared, stopped, served again.
func TestEmbeddedDatabase(t *testing.T) {
	t.Parallel()
	data := program.DataFolder(t)
	environ := []string{"OCTANT_DATA=" + data}
	p := program.Serve(t, octant(t), environ, "--demo")
	m := member(t, p, "member-1")
	m.answer("1.1", "3", "before the stop").acknowledged()

	command(t, append(environ, "OCTANT_ADDR=127.0.0.1:0"), "serve", "--demo").wants(t, 1, "already running", data)
	command(t, environ, "migrate", "status").wants(t, 0, "up to date")
	m.answer("1.2", "4", "others came and went").acknowledged()

	postgres := program.Postgres(t, data)
	p.Interrupt()
	if code := p.Wait(); code != 0 {
		t.Errorf("interrupted, it ended with %d:\n%s", code, p.Errors())
	}
	if err := syscall.Kill(postgres, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("its Postgres, process %d, is still there: %v", postgres, err)
	}

	m.at(program.Serve(t, octant(t), environ, "--demo"))
	m.compare()
}

func TestDatabaseDown(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	door, address := program.NewDoor(t, storetest.AppURL(t, db))
	p := program.Serve(t, octant(t), []string{"DATABASE_URL=" + address, "OCTANT_DATA=" + program.DataFolder(t)}, "--demo")
	m := member(t, p, "member-1")
	m.answer("1.1", "2", "before").acknowledged()

	door.Shut()
	p.AwaitStatus("/readyz", http.StatusServiceUnavailable)
	if got := m.get("/healthz").status; got != http.StatusOK {
		t.Errorf("/healthz answers %d without a database, want 200", got)
	}
	if got := m.answer("1.2", "3", "lost?"); got.status != http.StatusServiceUnavailable {
		t.Errorf("a script's save answers %d, want 503", got.status)
	}
	page := m.post(m.round+"/questions/1.3", form{"choice": "4", "comment": "typed in the dark", "revision": "0", "action": "continue"})
	if page.status != http.StatusServiceUnavailable || !strings.Contains(page.Text(), "Answers already saved are safe") {
		t.Errorf("a save answers %d and says:\n%s", page.status, page.Text())
	}
	if typed := page.Find(`textarea[name="comment"]`).Text(); typed != "typed in the dark" {
		t.Errorf("the page gives back %q", typed)
	}

	door.Open()
	p.AwaitStatus("/readyz", http.StatusOK)
	again := page.form(`form[action$="/questions/1.3"]`)
	if sent := m.post(m.round+"/questions/1.3", again); sent.status != http.StatusSeeOther {
		t.Errorf("sent again, the form answers %d", sent.status)
	}
	m.kept["1.3"] = given{"4", "typed in the dark"}
	m.compare()
}
