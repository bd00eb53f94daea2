package main_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// No container engine runs where this is tested, so the compose file is held
// against the specification's own library and against the rules below.

func TestComposeFileKeepsToTheSpecification(t *testing.T) {
	t.Parallel()
	project := compose(t)
	want := []string{"app", "login", "mail", "migrate", "postgres"}
	if got := slices.Sorted(slices.Values(project.ServiceNames())); !slices.Equal(got, want) {
		t.Errorf("services %v, want %v", got, want)
	}
	app := project.Services["app"]
	if _, err := os.Stat(app.Build.Context + "/" + app.Build.Dockerfile); err != nil {
		t.Errorf("the image has no Dockerfile: %v", err)
	}
	if image := project.Services["postgres"].Image; !strings.HasPrefix(image, "postgres:17") {
		t.Errorf("the database is %s, want Postgres 17", image)
	}
}

func TestComposeServicesAreLocked(t *testing.T) {
	t.Parallel()
	for name, s := range compose(t).Services {
		if !s.ReadOnly {
			t.Errorf("%s may write to its root file system", name)
		}
		if !slices.Contains(s.CapDrop, "ALL") || len(s.CapAdd) > 0 {
			t.Errorf("%s keeps capabilities: drops %v, adds %v", name, s.CapDrop, s.CapAdd)
		}
		if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") || s.Privileged {
			t.Errorf("%s may gain privileges", name)
		}
		if user, _, _ := strings.Cut(s.User, ":"); user == "" || user == "0" || user == "root" {
			t.Errorf("%s runs as %q", name, s.User)
		}
		for _, port := range s.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s is open to every network on port %s", name, port.Published)
			}
		}
	}
}

func TestComposeServersAreWatched(t *testing.T) {
	t.Parallel()
	services := compose(t).Services
	for _, name := range []string{"app", "postgres", "mail"} {
		check := services[name].HealthCheck
		if check == nil || check.Disable || len(check.Test) < 2 || check.Test[0] != "CMD" {
			t.Errorf("%s has no health check that works without a shell", name)
		}
	}
	if got := services["app"].HealthCheck.Test; !slices.Equal(got, types.HealthCheckTest{"CMD", "/octant", "ready"}) {
		t.Errorf("the program's health check is %v", got)
	}
	for name, condition := range map[string]struct{ on, is string }{
		"app":     {"login", types.ServiceConditionCompletedSuccessfully},
		"login":   {"migrate", types.ServiceConditionCompletedSuccessfully},
		"migrate": {"postgres", types.ServiceConditionHealthy},
	} {
		if got := services[name].DependsOn[condition.on].Condition; got != condition.is {
			t.Errorf("%s waits for %s to be %q, want %q", name, condition.on, got, condition.is)
		}
	}
}

func TestComposeHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for _, secret := range secrets {
		without := slices.DeleteFunc(slices.Clone(environ()), func(v string) bool { return strings.HasPrefix(v, secret+"=") })
		if _, err := load(t, without); err == nil || !strings.Contains(err.Error(), secret) {
			t.Errorf("without %s it loads, or does not say what is missing: %v", secret, err)
		}
	}
	services := compose(t).Services
	for _, c := range []struct{ service, must string }{
		{"app", "POSTGRES_PASSWORD"}, // the program never holds the owner's
		{"mail", "OCTANT_SECRET"},
		{"migrate", "OCTANT_SECRET"},
		{"postgres", "OCTANT_SECRET"},
	} {
		for name, value := range services[c.service].Environment {
			if value != nil && strings.Contains(*value, valueOf(c.must)) {
				t.Errorf("%s is told %s in %s", c.service, c.must, name)
			}
		}
	}
}

func TestDockerfileEndsWithTheProgramAlone(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, last, found := strings.Cut(string(text), "\nFROM scratch\n")
	if !found || strings.Contains(last, "FROM ") {
		t.Fatal("the last stage is not built on nothing")
	}
	for _, line := range []string{"USER 65532:65532", `ENTRYPOINT ["/octant"]`, `CMD ["/octant", "ready"]`, "/etc/ssl/certs/ca-certificates.crt"} {
		if !strings.Contains(last, line) {
			t.Errorf("the last stage lacks %s", line)
		}
	}
}

// secrets are what whoever runs it must make.
var secrets = []string{"OCTANT_SECRET", "OCTANT_APP_PASSWORD", "POSTGRES_PASSWORD"}

func valueOf(secret string) string { return "the-value-of-" + strings.ToLower(secret) }

func environ() []string {
	var all []string
	for _, secret := range secrets {
		all = append(all, fmt.Sprintf("%s=%s", secret, valueOf(secret)))
	}
	return all
}

func compose(t *testing.T) *types.Project {
	t.Helper()
	project, err := load(t, environ())
	if err != nil {
		t.Fatal(err)
	}
	return project
}

// load reads the file as docker compose does, strictly and with this
// environment alone.
func load(t *testing.T, environ []string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{"../../docker-compose.yml"}, cli.WithEnv(environ))
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(t.Context())
}
