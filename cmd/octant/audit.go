package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"octant/internal/audit"
	"octant/internal/store"
)

// auditCmd looks after the record of what was done.
type auditCmd struct {
	Verify auditVerify `cmd:"" help:"Re-compute the chain of every record and say whether it was altered."`
}

type auditVerify struct {
	Head []notedHead `help:"Hold a trust's record (or \"platform\") against the digest of an entry noted earlier, so that an end that was cut off shows. Can be given several times." placeholder:"ODS=DIGEST"`
}

// notedHead is a digest on the command line.
type notedHead struct{ store.NotedHead }

var chainShape = regexp.MustCompile(`^([A-Z0-9]{3,5}|platform)$`)

// UnmarshalText reads it.
func (n *notedHead) UnmarshalText(text []byte) error {
	chain, digest, _ := strings.Cut(string(text), "=")
	if chain = strings.ToUpper(chain); strings.EqualFold(chain, "platform") {
		chain = "platform"
	}
	raw, err := hex.DecodeString(strings.TrimSpace(digest))
	if err != nil || len(raw) != len(n.Digest) || !chainShape.MatchString(chain) {
		return fmt.Errorf("must be a trust's code or \"platform\", = and the %d characters of a digest", 2*len(n.Digest))
	}
	if n.Chain = chain; chain == "platform" {
		n.Chain = audit.Platform
	}
	n.Digest = audit.Digest(raw)
	return nil
}

// Run tells of each chain on a line of its own. Faults go where faults go.
func (cmd auditVerify) Run(ctx context.Context, c console, env environment) error {
	noted := make([]store.NotedHead, len(cmd.Head))
	for i, n := range cmd.Head {
		noted[i] = n.NotedHead
	}
	return withDesk(ctx, c, env, func(db *store.DB) error {
		broken := false
		err := db.VerifyAudit(ctx, noted, func(v store.Verdict) error {
			says := "holds"
			if len(v.Faults) > 0 {
				broken, says = true, "BROKEN"
			}
			head := "-"
			if v.Entries > 0 {
				head = hex.EncodeToString(v.Head[:])
			}
			for _, fault := range v.Faults {
				fmt.Fprintln(c.err, "octant:", strings.TrimPrefix(fault.Error(), audit.ErrBroken.Error()+": "))
			}
			_, err := fmt.Fprintf(c.out, "%-8s  %8d entries  head %-64s  %s\n", audit.Name(v.Chain), v.Entries, head, says)
			return err
		})
		if err == nil && broken {
			return errTold
		}
		return err
	})
}
