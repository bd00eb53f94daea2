package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"octant/internal/audit"
)

// NotedHead is the digest of a chain's last entry as somebody noted it earlier.
type NotedHead struct {
	Chain  string
	Digest audit.Digest
}

// Verdict is what came of re-computing one chain.
type Verdict struct {
	Chain   string
	Entries int64
	Head    audit.Digest
	Faults  []error // audit.ErrBroken, in the chain's order
}

// VerifyAudit re-computes every chain there is, one entry in memory at a time,
// and tells each chain's verdict in turn. A chain must still hold the heads
// noted of it: this shows what the chain alone cannot, that its end was cut off.
// A trust of which nothing is recorded has a verdict too.
func (db *DB) VerifyAudit(ctx context.Context, noted []NotedHead, tell func(Verdict) error) error {
	chains, err := db.chains(ctx, noted)
	if err != nil {
		return fault("verify audit", err)
	}
	rows, err := db.pool.Query(ctx, `SELECT `+auditColumns+` FROM audit a ORDER BY a.ods COLLATE "C", a.seq`)
	if err != nil {
		return fault("verify audit", err)
	}
	defer rows.Close()
	at := verifying{noted: noted, chains: chains, tell: tell}
	for rows.Next() {
		e, kept, err := scanAudit(rows)
		if err != nil {
			return fault("verify audit", err)
		}
		if err := at.add(e, kept); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fault("verify audit", err)
	}
	return at.upTo("")
}

// chains names every chain that there is or should be, in the order of their bytes.
func (db *DB) chains(ctx context.Context, noted []NotedHead) ([]string, error) {
	rows, err := db.pool.Query(ctx, `SELECT ods FROM trusts`)
	if err != nil {
		return nil, err
	}
	chains, err := pgx.CollectRows(rows, pgx.RowTo[string])
	chains = append(chains, audit.Platform)
	for _, n := range noted {
		chains = append(chains, n.Chain)
	}
	slices.Sort(chains)
	return slices.Compact(chains), err
}

// verifying is where a verification stands.
type verifying struct {
	noted   []NotedHead
	chains  []string // still to come, in order
	tell    func(Verdict) error
	begun   bool
	chain   audit.Chain
	verdict Verdict
	found   []NotedHead // heads noted that this chain holds
}

// add takes the next entry of all.
func (v *verifying) add(e audit.Entry, kept audit.Digest) error {
	if !v.begun || e.ODS != v.verdict.Chain {
		if err := v.upTo(e.ODS); err != nil {
			return err
		}
		v.begin(e.ODS)
	}
	v.verdict.Entries++
	if err := v.chain.Add(e, kept); err != nil {
		v.verdict.Faults = append(v.verdict.Faults, err)
	}
	if head := (NotedHead{e.ODS, kept}); slices.Contains(v.noted, head) {
		v.found = append(v.found, head)
	}
	return nil
}

func (v *verifying) begin(chain string) {
	v.begun, v.chain, v.verdict, v.found = true, audit.Chain{}, Verdict{Chain: chain}, nil
}

// upTo ends the chain that was begun and tells of the empty ones before the next;
// "" stands for the end.
func (v *verifying) upTo(next string) error {
	if v.begun {
		if err := v.end(); err != nil {
			return err
		}
	}
	for len(v.chains) > 0 && (next == "" || v.chains[0] < next) {
		v.begin(v.chains[0])
		if err := v.end(); err != nil {
			return err
		}
	}
	return nil
}

// end tells the verdict of the chain that was begun.
func (v *verifying) end() error {
	v.verdict.Head = v.chain.Head
	for _, n := range v.noted {
		if n.Chain == v.verdict.Chain && !slices.Contains(v.found, n) {
			v.verdict.Faults = append(v.verdict.Faults, fmt.Errorf("%w: %s: its last entry is %d, and no entry has the digest noted earlier: its end was cut off or it was written anew",
				audit.ErrBroken, audit.Name(n.Chain), v.chain.Seq))
		}
	}
	if len(v.chains) > 0 && v.chains[0] == v.verdict.Chain {
		v.chains = v.chains[1:]
	}
	v.begun = false
	return v.tell(v.verdict)
}
