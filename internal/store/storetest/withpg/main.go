// Command withpg runs another command with a throw-away PostgreSQL server that
// all the packages it tests share:
//
//	go run ./internal/store/storetest/withpg go test ./...
//
// It is not for data that anybody keeps. Its one rule: it ends as the command
// did, and leaves nothing behind.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"octant/internal/store/storetest"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: withpg COMMAND [ARGUMENT]...")
		os.Exit(2)
	}
	if err := run(os.Args[1:]); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() > 0 {
			os.Exit(exit.ExitCode())
		}
		fmt.Fprintln(os.Stderr, "withpg:", err)
		os.Exit(1)
	}
}

func run(command []string) error {
	signal.Notify(make(chan os.Signal, 1), os.Interrupt, syscall.SIGHUP) // the command gets them too, and we wait for it
	address, err := storetest.Throwaway(context.Background())
	if err != nil {
		return err
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), storetest.ServerVariable+"="+address)
	return cmd.Run()
}
