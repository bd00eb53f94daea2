package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"

	"octant/internal/localdb"
	"octant/internal/store"
)

// refuse says every reason why this configuration must not be served, told what
// was wrong with it already. What the database alone can tell is looked for too,
// so that nobody mends one thing only to hear of the next.
func (cmd serveCmd) refuse(ctx context.Context, conf config, faults error) error {
	var reasons []error
	if cmd.Demo {
		if !loopback(conf.addr) {
			reasons = append(reasons, fmt.Errorf("a demonstration lets anybody sign in, so it is served on loopback only, and OCTANT_ADDR is %s", conf.addr))
		}
		return errors.Join(append([]error{faults}, reasons...)...)
	}
	if conf.secret == "" {
		reasons = append(reasons, errors.New("OCTANT_SECRET is not set: it keeps answers apart from people, so it must be yours; `openssl rand -hex 32` makes one"))
	} else if len(conf.secret) >= minSecret { // a shorter one is a fault already
		if why := weakness(conf.secret); why != "" {
			reasons = append(reasons, fmt.Errorf("OCTANT_SECRET %s: whoever guesses it can tell who answered what; `openssl rand -hex 32` makes a good one", why))
		}
	}
	if u := conf.baseURL; u != nil && u.Scheme == "http" && !loopbackHost(u.Hostname()) {
		reasons = append(reasons, errors.New("OCTANT_BASE_URL is http and not on this machine: sign-ins and answers could be read on the way; "+
			"put a proxy that ends TLS before Octant and set the https address that people use"))
	}
	told := errors.Join(append([]error{faults}, reasons...)...)
	if told == nil {
		return nil
	}
	return errors.Join(told, lookAround(ctx, conf))
}

// refuseDatabase says why a database must not be served for real.
func refuseDatabase(ctx context.Context, db *store.DB) error {
	unready := db.Ready(ctx)
	if errors.Is(unready, store.ErrUnavailable) {
		return fmt.Errorf("the database cannot be reached: is it running, and are DATABASE_URL's host and password right? %w", unready)
	}
	if unready != nil {
		unready = fmt.Errorf("the database is not ready (has `octant migrate up` been run?): %w", unready)
	}
	demo, err := db.HoldsDemo(ctx)
	switch {
	case err != nil && unready == nil:
		return err
	case demo:
		err = errors.New("the database holds the demonstration's trusts and people, and anybody can be one of them: use another database (or another OCTANT_DATA)")
	default:
		err = nil // where there is no schema, there is nobody of the demonstration
	}
	return errors.Join(unready, err)
}

// lookAround looks at the database of a configuration that is refused anyway. It
// makes nothing: where there is no database yet, there is no more to say.
func lookAround(ctx context.Context, conf config) error {
	address := conf.databaseURL
	switch {
	case address == "" && conf.data != "":
		if _, err := os.Stat(filepath.Join(conf.data, "postgres", "data", "PG_VERSION")); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		local, err := localdb.Attach(ctx, localdb.Options{
			Dir: filepath.Join(conf.data, "postgres"), NodeModules: conf.npmBinaries, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			return err
		}
		defer func() { _ = local.Stop() }() // nothing was written
		address = local.OwnerURL()
	case !strings.HasPrefix(address, "postgres"):
		return nil // that is a fault already
	}
	db, err := openDesk(ctx, address)
	if err != nil {
		return err
	}
	defer db.Close()
	return refuseDatabase(ctx, db)
}

// loopbackHost says that a name leads to this machine alone.
func loopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// Words that no random secret holds and many a chosen one does.
var obvious = []string{
	"password", "passwort", "passw0rd", "secret", "changeme", "change-me", "change_me", "example", "octant", "letmein", "qwerty",
	"openssl", "12345678", "welcome", "default", "placeholder", "your-", "your_", "replace", "insert",
}

// minDistinct is how many different characters a secret must have. Of 32 random
// hexadecimal digits fewer are different only once in many millions.
const minDistinct = 8

// weakness is why a secret can be guessed, "" when nothing speaks for it.
func weakness(secret string) string {
	distinct := make(map[rune]bool)
	for _, c := range secret {
		distinct[c] = true
	}
	for _, word := range obvious {
		if strings.Contains(strings.ToLower(secret), word) {
			return "holds a word or a row of digits that many choose"
		}
	}
	switch {
	case len(distinct) < minDistinct:
		return fmt.Sprintf("has only %d different characters", len(distinct))
	case repeats(secret):
		return "repeats itself"
	case runs(secret):
		return "is a row of neighbouring characters"
	}
	return ""
}

// repeats says whether a text goes on as it began from some place in its first
// half: a shorter one several times over, whole or not.
func repeats(s string) bool {
	for period := 1; period <= len(s)/2; period++ {
		if s[period:] == s[:len(s)-period] {
			return true
		}
	}
	return false
}

// runs says whether most characters are next to the one before, as in "abcdef".
func runs(s string) bool {
	steps := 0
	for i := 1; i < len(s); i++ {
		if d := int(s[i]) - int(s[i-1]); d >= -1 && d <= 1 {
			steps++
		}
	}
	return steps > len(s)/2
}
