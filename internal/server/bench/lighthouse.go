package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// measureLighthouse runs Google's Lighthouse against a demonstration, where the
// browser's tools are installed, and prints what it says of each page.
func measureLighthouse(ctx context.Context, s *stage, t *table) error {
	script := filepath.Join(s.web, "e2e", "lighthouse.mjs")
	if _, err := os.Stat(script); err != nil {
		t.notes = append(t.notes, "Lighthouse was not run: there is no "+script+".")
		return nil
	}
	cmd := exec.CommandContext(ctx, "node", script, s.octant)
	var said, faults bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &faults
	err := cmd.Run()
	if said.Len() == 0 {
		t.notes = append(t.notes, fmt.Sprintf("Lighthouse was not run (`make test` installs what it needs): %v\n%.300s", err, faults.String()))
		return nil
	}
	low := errors.As(err, new(*exec.ExitError))
	for text := range strings.Lines(strings.TrimSpace(said.String())) {
		page, scores, _ := strings.Cut(strings.TrimSpace(text), ": ")
		t.notes = append(t.notes, "Lighthouse, "+page+": "+scores)
	}
	t.limit("Lighthouse, all pages (scores below)", "", "95 performance, 100 accessibility", !low)
	return nil
}
