// Command octant is the whole product: the web server, its database's
// migrations, and the tools that go with them. Configuration is the
// environment's alone; octant --help and OPERATING.md beside this file say what
// it is.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// version is set when a release is built.
var version = ""

// What the program ends with.
const (
	exitDone    = 0
	exitRefused = 1 // refused, or faults found
	exitUsage   = 2
)

// commands is every command there is.
type commands struct {
	Serve   serveCmd   `cmd:"" help:"Serve Octant. Without DATABASE_URL it starts a Postgres of its own."`
	Migrate migrateCmd `cmd:"" help:"Bring the database's schema up or down, or say where it stands."`
	Admin   adminCmd   `cmd:"" help:"Grant, end or list platform administrators."`
	Audit   auditCmd   `cmd:"" help:"Verify the record of what was done."`
	Import  importCmd  `cmd:"" help:"Bring published data in: the register of trusts."`
	Score   scoreCmd   `cmd:"" help:"Score a file of answers."`
	Ready   readyCmd   `cmd:"" help:"Ask the server on OCTANT_ADDR whether it is ready: 0 when it is."`
	Version versionCmd `cmd:"" help:"Say which version this is."`
}

// console is where a command writes and what time it is there.
type console struct {
	out io.Writer
	err io.Writer
	now func() time.Time
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), console{os.Stdout, os.Stderr, time.Now})
	stop()
	os.Exit(code)
}

// run is the program without its process, so that tests can start it.
func run(ctx context.Context, args, environ []string, c console) int {
	var cli commands
	code := -1
	parser, err := kong.New(&cli, kong.Name("octant"), kong.Description("Trust boards assess their digital leadership."),
		kong.Writers(c.out, c.err), kong.Exit(func(n int) { code = n }), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(c.err, "octant:", err)
		return exitUsage
	}
	chosen, err := parser.Parse(args)
	if code >= 0 { // --help has been answered
		return code
	}
	if err != nil {
		fmt.Fprintf(c.err, "octant: %v\nRun `octant --help` for what there is.\n", err)
		return exitUsage
	}
	chosen.BindTo(ctx, (*context.Context)(nil))
	chosen.Bind(c, environment(environ))
	if err := chosen.Run(); err != nil {
		if !errors.Is(err, errTold) {
			fmt.Fprintln(c.err, "octant:", err)
		}
		return exitRefused
	}
	return exitDone
}

// errTold means that the person has been told already.
var errTold = errors.New("octant: faults found")

// versionCmd says which version this is.
type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(c console) error {
	_, err := fmt.Fprintln(c.out, "octant", versionText())
	return err
}

func versionText() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "0.0.0-" + s.Value[:12]
		}
	}
	return "0.0.0"
}
