package job_test

import (
	"testing"
	"time"

	"octant/internal/assessment"
	"octant/internal/mail/mailtest"
	"octant/internal/questionnaire"
	"octant/internal/store/storetest"
)

// TestClockAndNightRunByThemselves starts two programs on one queue. A round
// whose hour has come opens, its letters arrive, and what was kept for its time
// goes, each once.
func TestClockAndNightRunByThemselves(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mailtest.Options{})
	lead, owner := storetest.Enter(t, o.db, o.board.Lead, o.board.ODS), storetest.Owner(t, o.db)
	draft := storetest.Draft(t, o.db, o.board, questionnaire.Core)
	if err := lead.SetAsked(t.Context(), draft.ID, o.board.Members, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := lead.ScheduleRound(t.Context(), draft.ID, storetest.Now.AddDate(0, 0, -1)); err != nil {
		t.Fatal(err)
	}
	_, err := owner.Exec(t.Context(), `INSERT INTO sign_ins (id, person_id, at, way, device) VALUES (gen_random_uuid(), $1, $2, 'code', '')`,
		o.board.Lead, storetest.Now.AddDate(-2, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	o.work()
	o.work()
	var state assessment.State
	var signIns, invited, nights, opened int
	done := func() bool {
		err := owner.QueryRow(t.Context(), `
			SELECT (SELECT state FROM rounds WHERE id = $1), (SELECT count(*) FROM sign_ins),
			       (SELECT count(*) FROM letters WHERE kind = 'invitation' AND state = 'accepted'),
			       (SELECT count(*) FROM audit WHERE ods = '-'),
			       (SELECT count(*) FROM audit WHERE ods <> '-' AND deed = 'round opened' AND actor IS NULL)`, draft.ID).
			Scan(&state, &signIns, &invited, &nights, &opened)
		if err != nil {
			t.Fatal(err)
		}
		return state == assessment.Open && signIns == 0 && invited == storetest.BoardSize
	}
	for deadline := time.Now().Add(time.Minute); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("after a minute the round is %s, %d are invited and %d sign-ins are kept\n%s", state, invited, signIns, o.log)
		}
	}
	if nights != 1 || opened != 1 || len(o.mail.Letters()) != storetest.BoardSize {
		t.Errorf("%d nights, opened %d times, %d letters", nights, opened, len(o.mail.Letters()))
	}
}
