package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/klauspost/compress/gzip"
)

// bareArgument makes this program the bare server instead of the benchmark.
const bareArgument = "bare"

// bareServer is the least that could do the work: chi and pgx, a form that
// becomes one upsert, and a page that is one query, rendered by templ and
// compressed as the product compresses pages. It asks nobody who they are.
type bareServer struct{ pool *pgxpool.Pool }

const bareSchema = `
	CREATE SCHEMA bare;
	CREATE TABLE bare.answers (
		trust text, round uuid, respondent text, question text,
		choice smallint NOT NULL, comment text NOT NULL, evidence text NOT NULL, revision integer NOT NULL, saved_at timestamptz NOT NULL,
		PRIMARY KEY (trust, round, respondent, question)
	);
	CREATE TABLE bare.lines (number integer PRIMARY KEY, text text NOT NULL)`

// startBare makes the bare server's tables beside the product's, in the small
// database, and starts it.
func (s *stage) startBare(ctx context.Context) (*process, error) {
	conn, err := pgx.Connect(ctx, s.small.ownerURL)
	if err != nil {
		return nil, err
	}
	_, err = conn.Exec(ctx, bareSchema)
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(ctx, "the bare server", []string{"BENCH_ADDR={addr}", "DATABASE_URL=" + s.small.ownerURL}, program, bareArgument)
}

// serveBare is the bare server's process.
func serveBare(ctx context.Context) error {
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	config.MaxConns = 16 // as many as the product has
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	b := bareServer{pool}
	r := chi.NewRouter()
	r.Get("/readyz", func(http.ResponseWriter, *http.Request) {})
	r.Post("/trusts/{trust}/rounds/{round}/questions/{question}", b.save)
	r.Get("/page", b.show)
	srv := &http.Server{Addr: os.Getenv("BENCH_ADDR"), Handler: r, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = srv.Close() }) // a benchmark's requests may be cut off
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// save is one upsert. Who answers is in the cookie, which nobody checks.
func (b bareServer) save(w http.ResponseWriter, r *http.Request) {
	choice, err := strconv.Atoi(r.PostFormValue("choice"))
	if err != nil {
		http.Error(w, "bad choice", http.StatusUnprocessableEntity)
		return
	}
	cookie, err := r.Cookie("octant")
	if err != nil {
		http.Error(w, "no cookie", http.StatusForbidden)
		return
	}
	_, err = b.pool.Exec(r.Context(), `
		INSERT INTO bare.answers AS a (trust, round, respondent, question, choice, comment, evidence, revision, saved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 1, now())
		ON CONFLICT (trust, round, respondent, question) DO UPDATE
		SET choice = excluded.choice, comment = excluded.comment, evidence = excluded.evidence, revision = a.revision + 1, saved_at = now()`,
		chi.URLParam(r, "trust"), chi.URLParam(r, "round"), cookie.Value, chi.URLParam(r, "question"),
		choice, r.PostFormValue("comment"), r.PostFormValue("evidence"))
	if err != nil {
		http.Error(w, "not saved", http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
}

var (
	bareBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	bareZippers = sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
		return z
	}}
)

// show is one query and one page.
func (b bareServer) show(w http.ResponseWriter, r *http.Request) {
	rows, err := b.pool.Query(r.Context(), `SELECT number, text FROM bare.lines ORDER BY number`)
	if err != nil {
		http.Error(w, "no rows", http.StatusInternalServerError)
		return
	}
	lines, err := pgx.CollectRows(rows, pgx.RowToStructByPos[bareLine])
	if err != nil {
		http.Error(w, "no rows", http.StatusInternalServerError)
		return
	}
	buf, _ := bareBuffers.Get().(*bytes.Buffer)
	defer bareBuffers.Put(buf)
	buf.Reset()
	if err := barePage("Bare", lines).Render(r.Context(), buf); err != nil {
		http.Error(w, "no page", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Encoding", "gzip")
	z, _ := bareZippers.Get().(*gzip.Writer)
	defer bareZippers.Put(z)
	z.Reset(w)
	_, _ = z.Write(buf.Bytes()) // fails only when the client has gone
	_ = z.Close()
}

// layOut gives the bare page the text of a page of the product, cut into as
// many rows as there are questions, so that both are equally long and compress
// about equally well.
func (s *stage) layOut(ctx context.Context, text []byte) error {
	const rows = 44
	conn, err := pgx.Connect(ctx, s.small.ownerURL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	lines := make([][]any, rows)
	for i := range lines {
		lines[i] = []any{i, string(bytes.ToValidUTF8(text[i*len(text)/rows:(i+1)*len(text)/rows], nil))}
	}
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"bare", "lines"}, []string{"number", "text"}, pgx.CopyFromRows(lines))
	if err != nil {
		return fmt.Errorf("lay out the bare page: %w", err)
	}
	return nil
}
