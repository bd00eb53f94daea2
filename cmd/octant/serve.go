package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	_ "time/tzdata" // times are shown in UK time wherever the program runs

	"golang.org/x/sync/errgroup"

	"octant/internal/job"
	"octant/internal/live"
	"octant/internal/mail"
	"octant/internal/server"
	"octant/internal/store"
)

// serveCmd serves the product.
type serveCmd struct {
	Demo bool `help:"Serve a demonstration with invented people, on loopback only."`
}

// How long a request in hand may take to finish once the program is told to stop.
const drain = 10 * time.Second

// Run serves until it is told to stop.
func (cmd serveCmd) Run(ctx context.Context, c console, env environment) error {
	conf, err := env.read()
	if err := cmd.refuse(ctx, conf, err); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelInfo}))
	base, err := openDatabase(ctx, conf, log, owner)
	if err != nil {
		return err
	}
	defer base.close(log)
	db, err := store.Open(ctx, base.appURL, store.Options{Secret: base.secret})
	if err != nil {
		return err
	}
	defer db.Close()
	if cmd.Demo {
		if err := fillDemo(ctx, db, c.now()); err != nil {
			return err
		}
	} else if err := refuseDatabase(ctx, db); err != nil {
		return err
	}
	on, err := listen(ctx, &conf)
	if err != nil {
		return err
	}
	defer on.close()
	stop, err := startJobs(ctx, c, conf, log, db)
	if err != nil {
		return err
	}
	defer stop()
	hub := live.Start(ctx, live.Options{Listen: db.Listen, Tell: db.Tell, Log: log})
	defer hub.Stop()
	context.AfterFunc(ctx, hub.Stop) // streams end at once, so that nothing waits for them
	metrics := server.NewMetrics()
	s := server.New(server.Options{
		DB: db, Log: log, Now: c.now, Demo: cmd.Demo, Measured: metrics, Hub: hub,
		Origin: conf.origin(), Embedded: base.local != nil, LettersWait: conf.smtp == nil, ProxyHeader: conf.proxyHeader, Provider: conf.provider,
	})
	mux := http.NewServeMux()
	mux.Handle("/metrics", metrics.Handler())
	group, ctx := errgroup.WithContext(ctx)
	serve(ctx, group, on.site, s.Routes(), log)
	serve(ctx, group, on.metrics, mux, log)
	cmd.greet(c, on.site.Addr().String(), conf.smtp == nil)
	return group.Wait()
}

// startJobs begins to send letters, where there is a mail server, and to do what
// is due. Stopping waits for what is in hand.
func startJobs(ctx context.Context, c console, conf config, log *slog.Logger, db *store.DB) (stop func(), err error) {
	o := job.Options{DB: db, Log: log, Now: c.now, Origin: conf.origin()}
	if conf.smtp != nil {
		o.Mail = mail.NewSender(*conf.smtp, conf.baseURL.Hostname())
	}
	end, err := job.Start(ctx, o)
	if err != nil {
		return nil, err
	}
	return func() {
		end()
		if o.Mail != nil {
			o.Mail.Close()
		}
	}, nil
}

// fillDemo puts the demonstration's people in, unless the database holds others.
func fillDemo(ctx context.Context, db *store.DB, now time.Time) error {
	only, err := db.HoldsOnlyDemo(ctx)
	if err != nil {
		return err
	}
	if !only {
		return errors.New("this database holds rows that the demonstration did not make: give it a database or an OCTANT_DATA of its own")
	}
	return db.FillDemo(ctx, now)
}

// listeners are where the site and its figures are asked for.
type listeners struct{ site, metrics net.Listener }

// close lets go of what is not served; serving has closed the rest.
func (l listeners) close() { _, _ = l.site.Close(), l.metrics.Close() }

// listen takes the addresses of the settings. Where these leave the port to the
// system, people reach the service by the one that it chose.
func listen(ctx context.Context, conf *config) (l listeners, err error) {
	if l.site, err = new(net.ListenConfig).Listen(ctx, "tcp", conf.addr); err != nil {
		return l, fmt.Errorf("cannot listen on OCTANT_ADDR: %w", err)
	}
	if l.metrics, err = new(net.ListenConfig).Listen(ctx, "tcp", conf.metricsAddr); err != nil {
		_ = l.site.Close()
		return l, fmt.Errorf("cannot listen on OCTANT_METRICS_ADDR: %w", err)
	}
	if conf.baseURL.Port() == "0" {
		conf.baseURL.Host = l.site.Addr().String()
	}
	return l, nil
}

// serve answers on one listener until ctx is done.
func serve(ctx context.Context, group *errgroup.Group, l net.Listener, h http.Handler, log *slog.Logger) {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	group.Go(func() error {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		return srv.Shutdown(last)
	})
}

// greet says where to go.
func (cmd serveCmd) greet(c console, addr string, lettersWait bool) {
	fmt.Fprintf(c.out, "\nOctant is at http://%s\n", addr)
	if cmd.Demo {
		fmt.Fprintf(c.out, "Sign in as one of the demonstration's people at http://%s/demo\n", addr)
	}
	switch {
	case lettersWait && cmd.Demo:
		fmt.Fprintf(c.out, "SMTP_URL is not set, so letters wait; read them at http://%s/demo/letters\n", addr)
	case lettersWait:
		fmt.Fprintln(c.out, "SMTP_URL is not set, so letters wait in their queue until it is.")
	}
	fmt.Fprintln(c.out, "Stop it with Ctrl-C.")
}

// readyCmd asks a running server whether it is ready, for health checks where
// there is no shell.
type readyCmd struct{}

// Run asks once.
func (readyCmd) Run(ctx context.Context, env environment) error {
	conf, err := env.read()
	if err != nil {
		return err
	}
	host, port, _ := net.SplitHostPort(conf.addr)
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", resp.Status)
	}
	return nil
}
