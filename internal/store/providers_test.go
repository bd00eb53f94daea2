package store_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

var providerTime = time.Date(2026, time.November, 3, 9, 30, 0, 0, time.UTC)

// ourProvider is a provider of the board's trust for its people's addresses.
func ourProvider(b storetest.Board) store.Provider {
	return store.Provider{
		ODS: b.ODS, Issuer: "https://id.example.org", ClientID: "octant", Secret: "known to two",
		Domains: []string{"example.org", "second.example.org"},
	}
}

// administrator makes a platform administrator.
func administrator(t *testing.T, db *store.DB) access.Person {
	t.Helper()
	id := storetest.Person(t, db, "Ada Okafor")
	storetest.Change(t, db, `UPDATE people SET admin = true WHERE id = $1`, id)
	return access.Person{ID: id, Admin: true, Email: id.String() + "@example.org"}
}

func setProvider(t *testing.T, db *store.DB, admin access.Person, p store.Provider) {
	t.Helper()
	if err := db.SetProvider(t.Context(), admin, p, providerTime); err != nil {
		t.Fatal(err)
	}
}

// notes lists what a trust's record says, newest last.
func notes(t *testing.T, db *store.DB, ods string) []string {
	t.Helper()
	rows, err := storetest.Owner(t, db).Query(t.Context(), `SELECT deed || ': ' || detail FROM audit WHERE ods = $1 ORDER BY seq`, ods)
	if err != nil {
		t.Fatal(err)
	}
	said, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func TestProviderIsSetReadAndEnded(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b, admin := storetest.Trust(t, db), administrator(t, db)
	p := ourProvider(b)
	setProvider(t, db, admin, p)

	got, err := db.SignInProvider(t.Context(), b.ODS)
	if err != nil || !got.Same(p) || got.Secret != p.Secret || !slices.Equal(got.Domains, p.Domains) {
		t.Fatalf("to sign in: %+v, %v", got, err)
	}
	if ods, err := db.ProviderTrust(t.Context(), "second.example.org"); err != nil || ods != b.ODS {
		t.Errorf("trust of the domain: %q, %v", ods, err)
	}
	name, got, err := db.TrustProvider(t.Context(), admin, b.ODS)
	if err != nil || name != b.Name || !got.Same(p) || got.Secret != "" {
		t.Errorf("for an administrator: %q, %+v, %v", name, got, err)
	}
	got, err = storetest.Enter(t, db, b.Lead, b.ODS).Provider(t.Context())
	if err != nil || !got.Same(p) || got.Secret != "" || !slices.Equal(got.Domains, p.Domains) {
		t.Errorf("for the lead: %+v, %v", got, err)
	}

	if err := db.EndProvider(t.Context(), admin, b.ODS, providerTime); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SignInProvider(t.Context(), b.ODS); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after its end: %v", err)
	}
	if _, err := db.ProviderTrust(t.Context(), "example.org"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("trust of the domain after its end: %v", err)
	}
	if _, err := storetest.Enter(t, db, b.Lead, b.ODS).Provider(t.Context()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("for the lead after its end: %v", err)
	}
	if err := db.EndProvider(t.Context(), admin, b.ODS, providerTime); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("ended twice: %v", err)
	}
	const which = ": https://id.example.org for example.org, second.example.org"
	if want := []string{"trust sign-in set up" + which, "trust sign-in removed" + which}; !slices.Equal(notes(t, db, b.ODS), want) {
		t.Errorf("recorded %q, want %q", notes(t, db, b.ODS), want)
	}
}

func TestProvidersAreForAdministrators(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b, admin := storetest.Trust(t, db), administrator(t, db)
	lead := access.Person{ID: b.Lead}
	_, _, read := db.TrustProvider(t.Context(), lead, b.ODS)
	for what, err := range map[string]error{
		"set": db.SetProvider(t.Context(), lead, ourProvider(b), providerTime), "read": read,
		"end": db.EndProvider(t.Context(), lead, b.ODS, providerTime),
	} {
		if !errors.Is(err, access.ErrDenied) {
			t.Errorf("%s as a lead: %v, want ErrDenied", what, err)
		}
	}
	for who, person := range map[string]uuid.UUID{"chair": b.Chair, "member": b.Members[0], "observer": b.Observer} {
		if _, err := storetest.Enter(t, db, person, b.ODS).Provider(t.Context()); !errors.Is(err, access.ErrDenied) {
			t.Errorf("read as %s: %v, want ErrDenied", who, err)
		}
	}
	elsewhere := ourProvider(b)
	elsewhere.ODS = "ZZZ"
	if err := db.SetProvider(t.Context(), admin, elsewhere, providerTime); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("for no trust: %v, want ErrNotFound", err)
	}
	if _, _, err := db.TrustProvider(t.Context(), admin, "ZZZ"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of no trust: %v, want ErrNotFound", err)
	}
}

// TestProviderSecretIsSealed looks at the row itself, moves it, and opens it
// under another secret.
func TestProviderSecretIsSealed(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b, other, admin := storetest.Trust(t, db), storetest.Trust(t, db), administrator(t, db)
	p := ourProvider(b)
	setProvider(t, db, admin, p)
	owner := storetest.Owner(t, db)
	var sealed []byte
	if err := owner.QueryRow(t.Context(), `SELECT client_secret FROM identity_providers`).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte(p.Secret)) {
		t.Error("the secret stands in the database")
	}
	for _, change := range []string{
		`UPDATE identity_providers SET issuer = 'https://rogue.example'`,
		`UPDATE identity_providers SET issuer = 'https://id.example.org', ods = '` + other.ODS + `'`,
	} {
		if _, err := owner.Exec(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		for _, ods := range []string{b.ODS, other.ODS} {
			if got, err := db.SignInProvider(t.Context(), ods); err == nil {
				t.Errorf("after %s the secret opens: %+v", change, got)
			}
		}
	}
	if _, err := owner.Exec(t.Context(), `UPDATE identity_providers SET ods = $1`, b.ODS); err != nil {
		t.Fatal(err)
	}
	stranger, err := store.Open(t.Context(), storetest.AppURL(t, db), store.Options{Secret: []byte("another secret of 32 characters!")})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	if _, err := stranger.SignInProvider(t.Context(), b.ODS); err == nil || strings.Contains(err.Error(), p.Secret) {
		t.Errorf("under another secret: %v", err)
	}
}

// TestTenantCannotReadProviderSecrets tries it with a trust's own rights.
func TestTenantCannotReadProviderSecrets(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b, other, admin := storetest.Trust(t, db), storetest.Trust(t, db), administrator(t, db)
	setProvider(t, db, admin, ourProvider(b))
	read := func(board storetest.Board, what string) (n int, err error) {
		err = store.Tx(t.Context(), storetest.Enter(t, db, board.Lead, board.ODS), access.ManagePeople, func(tx pgx.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT count(`+what+`) FROM identity_providers`).Scan(&n)
		})
		return n, err
	}
	if _, err := read(b, "client_secret"); err == nil {
		t.Error("the secret can be read inside its trust")
	}
	if n, err := read(b, "issuer"); err != nil || n != 1 {
		t.Errorf("the trust sees %d providers of its own, %v", n, err)
	}
	if n, err := read(other, "issuer"); err != nil || n != 0 {
		t.Errorf("another trust sees %d providers, %v", n, err)
	}
}

func TestProviderSecretIsKeptWhileItsProviderIs(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b, admin := storetest.Trust(t, db), administrator(t, db)
	p := ourProvider(b)
	p.Secret = ""
	if err := db.SetProvider(t.Context(), admin, p, providerTime); !errors.Is(err, store.ErrSecretNeeded) {
		t.Errorf("first without a secret: %v", err)
	}
	setProvider(t, db, admin, ourProvider(b))
	p.Domains = []string{"third.example.org"}
	setProvider(t, db, admin, p)
	if got, err := db.SignInProvider(t.Context(), b.ODS); err != nil || got.Secret != ourProvider(b).Secret || !slices.Equal(got.Domains, p.Domains) {
		t.Errorf("with other domains: %+v, %v", got, err)
	}
	p.Issuer = "https://rogue.example"
	if err := db.SetProvider(t.Context(), admin, p, providerTime); !errors.Is(err, store.ErrSecretNeeded) {
		t.Errorf("with another issuer and no secret: %v", err)
	}
}

func TestDomainBelongsToOneProvider(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	first, second, admin := storetest.Trust(t, db), storetest.Trust(t, db), administrator(t, db)
	setProvider(t, db, admin, ourProvider(first))
	rogue := ourProvider(second)
	rogue.Issuer, rogue.Domains = "https://rogue.example", []string{"rogue.example", "example.org"}
	err := db.SetProvider(t.Context(), admin, rogue, providerTime)
	if taken, ok := errors.AsType[*store.DomainTakenError](err); !ok || taken.Domain != "example.org" || taken.ODS != first.ODS {
		t.Errorf("another provider for the same domain: %v", err)
	}
	if len(notes(t, db, second.ODS)) != 0 {
		t.Error("a refused change is recorded")
	}
	// The same provider may serve two trusts; then neither can leave it and keep
	// the domain.
	setProvider(t, db, admin, ourProvider(second))
	if err := db.SetProvider(t.Context(), admin, rogue, providerTime); err == nil {
		t.Error("a shared domain could be taken away to another provider")
	}
	rogue.Domains = rogue.Domains[:1]
	setProvider(t, db, admin, rogue)
}

// TestPersonOf holds whom each provider may sign in against a table.
func TestPersonOf(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	own, shared, none := storetest.Trust(t, db), storetest.Trust(t, db), storetest.Trust(t, db)
	admin := administrator(t, db)
	setProvider(t, db, admin, ourProvider(own))
	setProvider(t, db, admin, ourProvider(shared))
	nowhere := storetest.Person(t, db, "Nobody's")
	adminInTrust := administrator(t, db)
	storetest.Join(t, db, own.ODS, adminInTrust.ID, access.Lead)
	left, tomorrow := own.Members[1], own.Members[2]
	foreign, elsewhere := none.Members[1], none.Members[2]
	for statement, args := range map[string][]any{
		`UPDATE memberships SET to_on = current_date - 1 WHERE person_id = $1`:                             {left},
		`UPDATE memberships SET from_on = current_date + 1 WHERE person_id = $1`:                           {tomorrow},
		`UPDATE people SET email = replace(email, 'example.org', 'free.example') WHERE id IN ($1, $2, $3)`: {foreign, admin.ID, elsewhere},
		`UPDATE memberships SET ods = $2 WHERE person_id = $1`:                                             {elsewhere, own.ODS},
	} {
		storetest.Change(t, db, statement, args...)
	}
	trusts, programs := ourProvider(own), store.Provider{Issuer: "https://id.example.net", ClientID: "octant"}
	for _, c := range []struct {
		who     string
		p       store.Provider
		person  uuid.UUID
		domain  string
		signsIn bool
	}{
		{"member", trusts, own.Members[0], "example.org", true},
		{"member of another trust with the same provider", trusts, shared.Members[0], "example.org", true},
		{"member of a trust without it", trusts, none.Members[0], "example.org", false},
		{"somebody who has left", trusts, left, "example.org", false},
		{"somebody who is still to come", trusts, tomorrow, "example.org", false},
		{"somebody of no trust", trusts, nowhere, "example.org", false},
		{"administrator with a role in the trust", trusts, adminInTrust.ID, "example.org", false},
		{"nobody", trusts, uuid.New(), "example.org", false},
		{"member of a trust without its own", programs, foreign, "free.example", true},
		{"the same, in a domain of a trust's own", programs, none.Members[0], "example.org", false},
		{"member of a trust with its own", programs, elsewhere, "free.example", false},
		{"administrator", programs, admin.ID, "free.example", true},
		{"nobody", programs, uuid.New(), "free.example", false},
	} {
		email := c.person.String() + "@" + c.domain
		got, err := db.PersonOf(t.Context(), c.p, email)
		if c.signsIn && (err != nil || got.ID != c.person || got.Email != email || got.Name == "") {
			t.Errorf("%s by %s: %+v, %v", c.who, c.p.Issuer, got, err)
		}
		if !c.signsIn && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s by %s: %+v, %v, want ErrNotFound", c.who, c.p.Issuer, got, err)
		}
	}
}
