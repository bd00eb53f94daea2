// Command assets builds web/static, the files a browser is sent besides pages:
// it compiles the style sheet with Sass, bundles the scripts, gives every file
// a name that holds its hash, and lays a brotli and a gzip copy beside each.
//
// It is not part of the product: it runs before the product is compiled, from
// the top of the repository, and needs the packages that `npm ci` puts in
// web/node_modules. Node is needed here and nowhere else.
//
// Its one rule: what it writes refers to nothing outside itself. A style sheet
// that names another host or a font file is refused.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

// errNoPackages means that npm has not run.
var errNoPackages = errors.New("web/node_modules is missing or out of date: run `make assets`")

// stampName is the file that web.go embeds by name. It is written last, so a
// build that was broken off leaves none.
const stampName = "run-make-assets.stamp"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, "web")
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

// run builds the static folder of web unless it is already what its sources
// make.
func run(ctx context.Context, web string) error {
	started := time.Now()
	wanted, err := stamp(web)
	if err != nil {
		return err
	}
	static := filepath.Join(web, "static")
	kept, err := os.ReadFile(filepath.Join(static, stampName))
	if err == nil && string(kept) == wanted {
		return nil
	}
	files, err := build(ctx, web)
	if err != nil {
		return err
	}
	if err := write(static, files, wanted); err != nil {
		return err
	}
	fmt.Printf("assets: %d files in %s\n", len(files), time.Since(started).Round(10*time.Millisecond))
	return nil
}
