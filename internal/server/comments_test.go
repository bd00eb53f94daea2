package server

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/store/storetest"
)

// nasty is a comment that would do harm if it were taken for anything but words.
const nasty = `<script>alert(1)</script><img src=x onerror=alert(2)> "quoted" {{.}} =1+1`

// wrote is a closed round to which everybody answered 3, and the first so many
// members of the board wrote something beside question 1.1.
func (s *site) wrote(board storetest.Board, words ...string) string {
	s.t.Helper()
	round, path := s.openRound(board, "Autumn")
	for i, m := range board.Members {
		s.answerAll(board, round, m, 3)
		if i < len(words) {
			answer := assessment.Answer{Question: "1.1", Choice: 3, Comment: words[i], Revision: 1}
			if _, err := s.db.SaveAnswer(s.t.Context(), m, board.ODS, round, answer, time.Now()); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	s.as(board.Lead).post(path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	return path
}

func TestCommentsAreReadAsWords(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path := s.wrote(b, nasty, "two\nlines")
	got := s.as(b.Chair).get(path+"/comments").wants(http.StatusOK).says("main", nasty)
	got.says("h1", "What people wrote")
	if d := got.page(); d.Find("main script, main img").Length() > 0 || d.Find("main li br").Length() != 1 {
		t.Error("a comment is taken for more than words")
	}
	if n := got.page().Find("main form").Length(); n > 0 {
		t.Errorf("the chair is offered %d forms", n)
	}
	for _, word := range []string{"exec", "Member 01", "T0:", b.Members[0].String(), time.Now().Format("15:04")} {
		if html, _ := got.page().Find("main").Html(); strings.Contains(strings.ReplaceAll(html, "whether an executive or a non-executive", ""), word) {
			t.Errorf("the page says %q", word)
		}
	}
}

func TestLeadHidesACommentAndShowsItAgain(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path := s.wrote(b, "names somebody", "harmless")
	lead, chair := s.as(b.Lead), s.as(b.Chair)
	item := lead.get(path + "/comments").page().Find("li:contains('names somebody')")
	id, _ := item.Find("input[name=comment]").Attr("value")
	lead.post(path+"/comments", "comment", id, "do", "hide").leads(path + "/comments?done=hidden")
	seen := chair.get(path+"/comments").says("main", "has hidden 1 comment or note").says("main", "harmless")
	if strings.Contains(seen.body, "names somebody") || strings.Contains(seen.body, id) {
		t.Error("the chair is sent a hidden comment")
	}
	lead.get(path+"/comments?done=hidden").says("main", "names somebody").says(".nhsuk-notification-banner", "It is hidden")
	lead.post(path+"/comments", "comment", id, "do", "show").leads(path + "/comments?done=shown")
	chair.get(path+"/comments").says("main", "names somebody")
	chair.post(path+"/comments", "comment", id, "do", "hide").wants(http.StatusForbidden)
	s.as(b.Members[0]).post(path+"/comments", "comment", id, "do", "hide").wants(http.StatusForbidden)
	for _, unknown := range []string{uuid.NewString(), "", "x"} {
		lead.post(path+"/comments", "comment", unknown, "do", "hide").wants(http.StatusNotFound)
	}
}

// TestPagesOfTwoRoundsDoNotJoin holds the pages of two rounds in hand: nothing
// on them is the same for one writer but the words themselves.
func TestPagesOfTwoRoundsDoNotJoin(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	words := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}
	seen := map[string]string{}
	orders := map[string]bool{}
	for range 2 {
		page := s.as(b.Lead).get(s.wrote(b, words...) + "/comments").page()
		var order []string
		page.Find("main li[id]").Each(func(_ int, li *goquery.Selection) {
			id, _ := li.Attr("id")
			if before, ok := seen[id]; ok {
				t.Errorf("%s stands for %q and %q", id, before, li.Text())
			}
			seen[id] = li.Text()
			order = append(order, strings.Fields(li.Text())[0])
			li.Find("*").Each(func(_ int, inner *goquery.Selection) {
				for _, a := range inner.Nodes[0].Attr {
					if a.Key != "class" && a.Key != "aria-label" && a.Val != strings.TrimPrefix(id, "comment-") && strings.Contains(a.Val, "-") && strings.HasPrefix(a.Key, "data-") && a.Val != "nhsuk-button" {
						t.Errorf("an attribute %s says %q", a.Key, a.Val)
					}
				}
			})
		})
		if len(order) != len(words) {
			t.Fatalf("%d comments show, want %d", len(order), len(words))
		}
		orders[strings.Join(order, "")] = true
	}
	if orders[strings.Join(words, "")] || len(orders) != 2 {
		t.Errorf("comments stand in the writers' order, or twice in the same: %v", orders)
	}
}

// TestCommentsOfFewAreNotThere has seven people answer: nothing of what they
// wrote leaves the database.
func TestCommentsOfFewAreNotThere(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	b.Members = b.Members[:7]
	path := s.wrote(b, "the words of one of seven")
	got := s.as(b.Lead).get(path+"/comments").says("main", "fewer than 8 people")
	if strings.Contains(got.body, "one of seven") {
		t.Error("a comment shows")
	}
}

func TestReportLeadsToCommentsForThoseWhoMayReadThem(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path := s.wrote(b, "words")
	for who, c := range map[string]struct {
		person               uuid.UUID
		comments, disclosure int
	}{
		"lead": {b.Lead, 1, 1}, "chair": {b.Chair, 1, 0}, "facilitator": {b.Facilitator, 1, 0},
		"member": {b.Members[3], 0, 0}, "observer": {b.Observer, 0, 0}, "viewer": {b.Viewer, 0, 0},
	} {
		page := s.as(c.person).get(path + "/report").page()
		if n := page.Find("a[href$='/comments']").Length(); n != c.comments {
			t.Errorf("%s: %d links to the comments", who, n)
		}
		if n := page.Find("a[href$='/disclosure']").Length(); n != c.disclosure {
			t.Errorf("%s: %d links to the disclosure view", who, n)
		}
	}
}

func TestErasedCommentsSaySo(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path := s.wrote(b, "words")
	storetest.Change(t, s.db, `WITH gone AS (DELETE FROM comments) UPDATE rounds SET comments_erased_at = '2026-03-02 12:00Z'`)
	s.as(b.Lead).get(path+"/comments").says("main", "erased on 2 March 2026")
}
