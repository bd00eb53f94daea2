package job_test

import (
	"bytes"
	"strings"
	"testing"

	"octant/internal/action"
	"octant/internal/assessment"
	"octant/internal/mail/mailtest"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// TestOwnerOfAnActionGetsALetterOnTheDay, however many programs run: it says what
// there is to do and where.
func TestOwnerOfAnActionGetsALetterOnTheDay(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mailtest.Options{})
	runner := storetest.Enter(t, o.db, o.board.Facilitator, o.board.ODS)
	_, err := runner.AddAction(t.Context(), action.Action{
		What: "Name an owner for each system", Owner: o.board.Members[1], Due: assessment.Today(storetest.Now),
	}, storetest.Now.AddDate(0, -1, 0))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		o.work()
	}
	o.settled(store.LetterAccepted, 1)
	letters := o.mail.Letters()
	if len(letters) != 1 || !strings.HasPrefix(letters[0].To, o.board.Members[1].String()) {
		t.Fatalf("%d letters: %+v", len(letters), letters)
	}
	text := strings.ReplaceAll(string(bytes.ReplaceAll(letters[0].Bytes, []byte("=\r\n"), nil)), "\r\n", " ")
	for _, says := range []string{"Name an owner for each system", origin + "/trusts/" + o.board.ODS + "/actions"} {
		if !strings.Contains(text, says) {
			t.Errorf("the letter does not say %q:\n%s", says, text)
		}
	}
}
