package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// Provider is an identity provider by which people sign in: a trust's own, or
// the one that the program was started with. The same provider may serve several
// trusts; it is known by its issuer and its client.
type Provider struct {
	ODS      string // the trust; "" for the program's own provider
	Issuer   string
	ClientID string
	Secret   string   // only where somebody is signed in, and where it is set
	Domains  []string // of the email addresses it speaks for; none for the program's own
}

// Same says whether two are one provider, which may serve several trusts.
func (p Provider) Same(q Provider) bool { return p.Issuer == q.Issuer && p.ClientID == q.ClientID }

// ErrSecretNeeded means that a provider's secret was sealed for another issuer
// or client, or that there is none yet.
var ErrSecretNeeded = errors.New("store: the provider's secret is needed")

// DomainTakenError means that another provider speaks for a domain already.
type DomainTakenError struct {
	Domain string
	ODS    string // whose sign-in it belongs to
}

func (e *DomainTakenError) Error() string {
	return "store: the domain belongs to the sign-in of " + e.ODS
}

// holdsToday is a membership that holds today.
const holdsToday = `m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date`

// SignInProvider is a trust's own provider with its secret, to sign somebody in.
// It says ErrNotFound for a trust without one.
func (db *DB) SignInProvider(ctx context.Context, ods string) (Provider, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p := Provider{ODS: ods}
	var sealed []byte
	err := db.pool.QueryRow(ctx, `SELECT issuer, client_id, client_secret, domains FROM identity_providers WHERE ods = $1`, ods).
		Scan(&p.Issuer, &p.ClientID, &sealed, &p.Domains)
	if err == nil {
		p.Secret, err = db.unseal(p, sealed)
	}
	return p, fault("sign-in provider", err)
}

// ProviderTrust is a trust of the provider that speaks for a domain, for whoever
// has an address there. It says ErrNotFound where no trust's own provider does.
func (db *DB) ProviderTrust(ctx context.Context, domain string) (ods string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = db.pool.QueryRow(ctx, `SELECT ods FROM identity_providers WHERE domains @> ARRAY[$1] ORDER BY ods LIMIT 1`, domain).Scan(&ods)
	return ods, fault("provider trust", err)
}

// PersonOf is who has the address and belongs to a trust that the provider
// serves. A trust's own provider serves the trusts where it is set up, and never
// signs in a platform administrator: who runs one trust's provider would else
// hold the keys of all. The program's own serves the trusts without one, and no
// domain that a trust's own speaks for.
func (db *DB) PersonOf(ctx context.Context, p Provider, email string) (access.Person, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var person access.Person
	var row pgx.Row
	if p.ODS != "" {
		row = db.pool.QueryRow(ctx, `
			SELECT p.id, p.name, p.email, p.admin FROM people p
			WHERE p.email = $1 AND NOT p.admin AND EXISTS (
			    SELECT FROM memberships m JOIN identity_providers i ON i.ods = m.ods
			    WHERE m.person_id = p.id AND i.issuer = $2 AND i.client_id = $3 AND `+holdsToday+`)`,
			email, p.Issuer, p.ClientID)
	} else {
		_, domain, _ := strings.Cut(email, "@")
		row = db.pool.QueryRow(ctx, `
			SELECT p.id, p.name, p.email, p.admin FROM people p
			WHERE p.email = $1
			  AND NOT EXISTS (SELECT FROM identity_providers i WHERE i.domains @> ARRAY[$2])
			  AND (p.admin OR EXISTS (
			      SELECT FROM memberships m WHERE m.person_id = p.id AND `+holdsToday+`
			      AND NOT EXISTS (SELECT FROM identity_providers i WHERE i.ods = m.ods)))`,
			email, domain)
	}
	err := row.Scan(&person.ID, &person.Name, &person.Email, &person.Admin)
	return person, fault("person of provider", err)
}

// Provider is the trust's own provider without its secret; ErrNotFound where
// there is none.
func (t *Trust) Provider(ctx context.Context) (Provider, error) {
	p := Provider{ODS: t.ODS}
	err := t.read(ctx, access.ManagePeople, func(b *pgx.Batch) {
		b.Queue(`SELECT issuer, client_id, domains FROM identity_providers WHERE ods = $1`, t.ODS).
			QueryRow(func(row pgx.Row) error { return row.Scan(&p.Issuer, &p.ClientID, &p.Domains) })
	})
	return p, fault("provider", err)
}

// TrustProvider is a trust by its name and its provider without the secret, for a
// platform administrator. The provider's issuer is "" where there is none.
func (db *DB) TrustProvider(ctx context.Context, admin access.Person, ods string) (name string, p Provider, err error) {
	if !admin.Admin {
		return "", p, access.ErrDenied
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p.ODS = ods
	err = db.pool.QueryRow(ctx, `
		SELECT t.name, coalesce(i.issuer, ''), coalesce(i.client_id, ''), coalesce(i.domains, '{}')
		FROM trusts t LEFT JOIN identity_providers i ON i.ods = t.ods WHERE t.ods = $1`, ods).
		Scan(&name, &p.Issuer, &p.ClientID, &p.Domains)
	return name, p, fault("trust provider", err)
}

// SetProvider sets up a trust's own provider. Without a secret the one that is
// there stays, as long as the issuer and the client do; else it says
// ErrSecretNeeded. A domain belongs to one provider: it says [DomainTakenError]
// where another has it.
func (db *DB) SetProvider(ctx context.Context, admin access.Person, p Provider, now time.Time) error {
	if !admin.Admin {
		return access.ErrDenied
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return fault("set provider", pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		// Who sets one up waits for whoever else does, so that two trusts cannot
		// take the same domain at once.
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('octant domains', 0))`); err != nil {
			return err
		}
		if err := freeDomains(ctx, tx, p); err != nil {
			return err
		}
		sealed, err := db.sealed(ctx, tx, p)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO identity_providers (ods, issuer, client_id, client_secret, domains) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (ods) DO UPDATE SET issuer = excluded.issuer, client_id = excluded.client_id,
			    client_secret = excluded.client_secret, domains = excluded.domains`,
			p.ODS, p.Issuer, p.ClientID, sealed, p.Domains)
		if err != nil {
			return err
		}
		return keepNote(ctx, tx, now, audit.Entry{ODS: p.ODS, Actor: admin.ID, Deed: audit.ProviderSet, Detail: p.detail()})
	}))
}

// freeDomains says whether another provider has one of the domains.
func freeDomains(ctx context.Context, tx pgx.Tx, p Provider) error {
	taken := &DomainTakenError{}
	err := tx.QueryRow(ctx, `
		SELECT i.ods, d.domain FROM identity_providers i CROSS JOIN unnest(i.domains) AS d (domain)
		WHERE i.ods <> $1 AND d.domain = ANY ($2) AND (i.issuer, i.client_id) <> ($3, $4)
		ORDER BY i.ods, d.domain LIMIT 1`, p.ODS, p.Domains, p.Issuer, p.ClientID).Scan(&taken.ODS, &taken.Domain)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return taken
}

// sealed is the secret to keep: the new one, or the one that is there.
func (db *DB) sealed(ctx context.Context, tx pgx.Tx, p Provider) ([]byte, error) {
	var was Provider
	var sealed []byte
	err := tx.QueryRow(ctx, `
		SELECT coalesce(i.issuer, ''), coalesce(i.client_id, ''), i.client_secret
		FROM trusts t LEFT JOIN identity_providers i ON i.ods = t.ods WHERE t.ods = $1`, p.ODS).
		Scan(&was.Issuer, &was.ClientID, &sealed)
	switch {
	case err != nil:
		return nil, err
	case p.Secret != "":
		return db.seal(p)
	case sealed == nil || !p.Same(was):
		return nil, ErrSecretNeeded
	}
	return sealed, nil
}

// EndProvider takes a trust's own provider away. People sign in by the other
// ways then. It says ErrNotFound where there was none.
func (db *DB) EndProvider(ctx context.Context, admin access.Person, ods string, now time.Time) error {
	if !admin.Admin {
		return access.ErrDenied
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return fault("end provider", pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		var was Provider
		err := tx.QueryRow(ctx, `DELETE FROM identity_providers WHERE ods = $1 RETURNING issuer, domains`, ods).Scan(&was.Issuer, &was.Domains)
		if err != nil {
			return err
		}
		return keepNote(ctx, tx, now, audit.Entry{ODS: ods, Actor: admin.ID, Deed: audit.ProviderEnded, Detail: was.detail()})
	}))
}

// mostDetail is how long a record's detail may be.
const mostDetail = 500

// detail says in a record which provider it is.
func (p Provider) detail() string {
	said := []rune(p.Issuer + " for " + strings.Join(p.Domains, ", "))
	return string(said[:min(len(said), mostDetail)])
}

// seal hides a provider's secret from whoever reads the database. It opens again
// only for the same trust, issuer and client: who can write a row cannot have a
// secret sent elsewhere.
func (db *DB) seal(p Provider) ([]byte, error) {
	aead, err := db.sealer()
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, []byte(p.Secret), p.label()), nil
}

func (db *DB) unseal(p Provider, sealed []byte) (string, error) {
	aead, err := db.sealer()
	if err != nil {
		return "", err
	}
	secret, err := aead.Open(nil, nil, sealed, p.label())
	if err != nil {
		return "", fmt.Errorf("the secret of the provider of %s was sealed under another OCTANT_SECRET, or for another issuer: %w", p.ODS, err)
	}
	return string(secret), nil
}

func (p Provider) label() []byte {
	return []byte(p.ODS + "\x00" + p.Issuer + "\x00" + p.ClientID)
}

// sealer seals under a key of its own, made from the program's secret.
func (db *DB) sealer() (cipher.AEAD, error) {
	block, err := aes.NewCipher(db.keyed("provider secrets"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
