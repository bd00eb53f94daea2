package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"octant/internal/localdb"
	"octant/internal/store"
)

// part is what a command is to the embedded Postgres: its owner, of which there
// is one at a time, or a guest of whoever owns it.
type part bool

const (
	owner part = true
	guest part = false
)

// database is the database a command works on.
type database struct {
	appURL   string
	ownerURL string
	secret   []byte
	local    *localdb.Server // nil when it is somebody else's server
}

// close lets go of the embedded Postgres, if there is one.
func (d database) close(log *slog.Logger) {
	if d.local == nil {
		return
	}
	if err := d.local.Stop(); err != nil {
		log.Error("embedded Postgres did not stop cleanly", "error", err)
	}
}

// openDatabase finds the database the environment names, or starts the embedded
// one and brings its schema up to this program's.
func openDatabase(ctx context.Context, conf config, log *slog.Logger, as part) (database, error) {
	var secret []byte
	var err error
	if as == owner || conf.databaseURL == "" { // a command on somebody else's server makes nothing under it
		if secret, err = conf.readSecret(); err != nil {
			return database{}, err
		}
	}
	if conf.databaseURL != "" {
		d := database{appURL: conf.databaseURL, ownerURL: conf.ownerURL, secret: secret}
		if d.ownerURL == "" {
			d.ownerURL = conf.databaseURL
		}
		return d, nil
	}
	options := localdb.Options{Dir: filepath.Join(conf.data, "postgres"), NodeModules: conf.npmBinaries, Log: log}
	start := localdb.Attach
	if as == owner {
		start = localdb.Start
	}
	local, err := start(ctx, options)
	if err != nil {
		return database{}, err
	}
	d := database{ownerURL: local.OwnerURL(), secret: secret, local: local}
	if as == guest && local.Attached() {
		return d, nil
	}
	if d.appURL, err = prepare(ctx, d); err != nil {
		return database{}, errors.Join(err, local.Stop())
	}
	return d, nil
}

// asGuest gives a command the database, beside a server that runs or by itself.
func asGuest(ctx context.Context, c console, env environment, do func(base database) error) error {
	conf, err := env.read()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(c.err, nil))
	base, err := openDatabase(ctx, conf, log, guest)
	if err != nil {
		return err
	}
	defer base.close(log)
	return do(base)
}

// prepare migrates the embedded database and gives the program its own account.
func prepare(ctx context.Context, d database) (string, error) {
	if err := store.Migrate(ctx, d.ownerURL); err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, d.secret)
	mac.Write([]byte("octant app role"))
	return store.Prepare(ctx, d.ownerURL, hex.EncodeToString(mac.Sum(nil)))
}

// readSecret is the operator's secret, or one that is made once and kept beside
// the embedded database.
func (c config) readSecret() ([]byte, error) {
	if c.secret != "" {
		return []byte(c.secret), nil
	}
	if err := os.MkdirAll(c.data, 0o755); err != nil {
		return nil, fmt.Errorf("cannot make OCTANT_DATA: %w", err)
	}
	file := filepath.Join(c.data, "secret")
	kept, err := os.ReadFile(file)
	if err == nil && len(kept) >= minSecret {
		return kept, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot read the secret in OCTANT_DATA: %w", err)
	}
	made := make([]byte, 32)
	_, _ = rand.Read(made) // never fails
	text := []byte(hex.EncodeToString(made))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, fmt.Errorf("cannot keep a secret in OCTANT_DATA: %w", err)
	}
	return text, nil
}
