// Command find prints the folder of the PostgreSQL programs that Octant would
// run, and ends with 1 when there are none: the set-up asks it whether any must
// be installed. It installs nothing itself. Its one rule: it looks where the
// program looks.
package main

import (
	"fmt"
	"os"

	"octant/internal/localdb"
)

func main() {
	dir, err := localdb.Installed(localdb.Options{})
	if err != nil {
		os.Exit(1) // the set-up goes on with npm's
	}
	fmt.Println(dir)
}
