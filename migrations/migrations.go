// Package migrations holds the database's schema as numbered pairs of SQL
// files, NNNNNN_subject.up.sql and NNNNNN_subject.down.sql. It does not run
// them: store does. Its one rule is that a merged file never changes.
package migrations

import "embed"

// Files are the migrations, as golang-migrate reads them.
//
//go:embed *.sql
var Files embed.FS
