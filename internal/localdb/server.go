package localdb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
)

// launches is how often a server that ends at once is tried again at its first
// start: its port may have been taken meanwhile, or the backends of a killed
// predecessor may not have noticed yet.
const launches = 5

// settings are given on the command line, so that they hold for clusters made
// by earlier versions of Octant too.
func settings(throwaway bool) []string {
	s := []string{
		"listen_addresses=127.0.0.1",
		"unix_socket_directories=", // a folder for them may not be writable, or its path too long
		"timezone=UTC",
		"log_timezone=UTC",
		"jit=off", // compiling costs more than any query of ours
	}
	if throwaway {
		s = append(s, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=400")
	}
	return s
}

// run starts the server on a free port, makes Octant's database in it, and
// from then on keeps it running.
func (s *Server) run(ctx context.Context, password string) error {
	s.forks = newForker()
	if err := s.firstLaunch(ctx, password); err != nil {
		s.forks.close()
		return err
	}
	if err := makeDatabase(ctx, address(password, s.port, "postgres")); err != nil {
		err = errors.Join(err, s.process.stop())
		s.forks.close()
		return err
	}
	s.url = address(password, s.port, database)
	keeping, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel, s.kept = cancel, make(chan struct{})
	go s.keep(keeping, address(password, s.port, "postgres"))
	return nil
}

func (s *Server) firstLaunch(ctx context.Context, password string) error {
	var err error
	for n := range launches {
		if err = pause(ctx, time.Duration(n)*200*time.Millisecond); err != nil {
			return err
		}
		if s.port, err = freePort(); err != nil {
			return err
		}
		s.process, err = s.launch(ctx, address(password, s.port, "postgres"))
		if !errors.Is(err, errEndedAtOnce) {
			return err
		}
	}
	return err
}

// keep starts the server again, on the port that everybody knows, when it ends
// although nobody asked it to.
func (s *Server) keep(ctx context.Context, url string) {
	defer close(s.kept)
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.process.ended:
		}
		s.log.Error("the database server ended by itself and is started again", "log", s.folder.log())
		for {
			if pause(ctx, 200*time.Millisecond) != nil {
				return
			}
			p, err := s.launch(ctx, url)
			if err == nil {
				s.process = p
				break
			}
			s.log.Error("the database server does not start", "error", err)
		}
	}
}

// stop ends the keeping first, so that the server's end is not mistaken for an
// accident.
func (s *Server) stop() error {
	if s.patient {
		s.awaitUsers()
	}
	s.cancel()
	<-s.kept
	defer s.forks.close()
	if err := s.process.stop(); err != nil {
		return fmt.Errorf("localdb: %w", err)
	}
	return nil
}

// awaitUsers waits for the commands attached to the server of another command.
func (s *Server) awaitUsers() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		users, err := takeLock(s.folder.users(), exclusive)
		if !errors.Is(err, errHeld) {
			s.users = users
			return
		}
		if pause(ctx, 50*time.Millisecond) != nil {
			return
		}
	}
}

// address is a connection string for the superuser.
func address(password string, port int, db string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, password),
		Host:     fmt.Sprintf("127.0.0.1:%d", port),
		Path:     "/" + db,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func ping(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

func makeDatabase(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var there bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&there)
	if err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+database)
	return err
}
