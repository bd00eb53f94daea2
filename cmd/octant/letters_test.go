package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"octant/internal/mail/mailtest"
	"octant/web/e2e/program"
)

func TestMailServersAddressIsChecked(t *testing.T) {
	t.Parallel()
	for address, says := range map[string]string{
		"smtp://u:hunter2@mail.example.org":                               "SMTP_URL must say from=",
		"smtp://u:hunter2@mail.example.org?from=o@example.org&tls=none":   "SMTP_URL has a password and tls=none",
		"https://u:hunter2@mail.example.org?from=o@example.org":           "SMTP_URL must be an address such as smtp://",
		"smtp://u:hunter2@mail.example.org?from=o@example.org&tls=always": "SMTP_URL has a tls=",
	} {
		got := command(t, []string{"SMTP_URL=" + address, "OCTANT_DATA=" + program.DataFolder(t)}, "serve", "--demo")
		got.wants(t, 1, says)
		if strings.Contains(got.out+got.err, "hunter2") {
			t.Errorf("%s: the password was repeated", address)
		}
	}
}

func TestStartSaysThatLettersWait(t *testing.T) {
	t.Parallel()
	p := program.Serve(t, octant(t), []string{"OCTANT_DATA=" + program.DataFolder(t)}, "--demo")
	if !strings.Contains(p.Output(), "SMTP_URL is not set, so letters wait; read them at http://") {
		t.Errorf("it says %s", p.Output())
	}
	if got := visitor(t, p).get("/demo/letters"); got.status != http.StatusOK || got.Find(`main a[href^="/demo/letters/"]`).Length() == 0 {
		t.Errorf("the letters that wait answer %d", got.status)
	}
}

// TestServedProgramSendsLetters: somebody asks for a sign-in code and gets it by
// mail, and the log says nothing of it.
func TestServedProgramSendsLetters(t *testing.T) {
	t.Parallel()
	server := mailtest.Start(t, mailtest.Options{Account: true})
	p := program.Serve(t, octant(t), []string{"OCTANT_DATA=" + program.DataFolder(t), "SMTP_URL=" + server.URL()}, "--demo")
	if strings.Contains(p.Output(), "SMTP_URL") {
		t.Errorf("it says that letters wait: %s", p.Output())
	}
	const address = "member-3@octant.example"
	if got := visitor(t, p).post("/sign-in", form{"email": address}); got.status != http.StatusSeeOther {
		t.Fatalf("asking for a code answers %d", got.status)
	}
	var letter string
	limit, look := time.After(30*time.Second), time.NewTicker(20*time.Millisecond)
	defer look.Stop()
	for letter == "" {
		for _, l := range server.Letters() {
			if l.To == address {
				letter = string(l.Bytes)
			}
		}
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("no letter in half a minute:\n%s", p.Errors())
		}
	}
	code := regexp.MustCompile(`(?m)^ {4}(\d{6})`).FindStringSubmatch(letter)
	if code == nil {
		t.Fatalf("there is no code in the letter:\n%s", letter)
	}
	p.Interrupt()
	if end := p.Wait(); end != 0 {
		t.Errorf("it ended with %d", end)
	}
	for _, secret := range []string{address, code[1], mailtest.Password} {
		if strings.Contains(p.Output()+p.Errors(), secret) {
			t.Errorf("it said %q:\n%s", secret, p.Errors())
		}
	}
}
