package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// What the page of paper says has just been done.
var paperNotices = map[string]string{
	"people": "The list of people who answer on paper has been saved.",
	"keyed":  "The sheet has been saved and counts.",
}

func sheetField() nhsuk.Field {
	return nhsuk.Field{
		Name: "code", Label: "Code of the sheet", Hint: "It is at the top of the sheet and looks like K7QM-4TXP",
		Width: 10, Autocomplete: "off", Code: true, Verbatim: true,
	}
}

// showPaper is how a round stands on paper.
func (s *Server) showPaper(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := s.managed(r, t)
	if err != nil {
		return err
	}
	return s.paperPage(w, r, http.StatusOK, t, round, "", sheetField(), nil)
}

// paperPage shows the page of paper; chosen, when not nil, is what was ticked on
// a list that could not be kept.
func (s *Server) paperPage(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, round assessment.Round, fault string, code nhsuk.Field, chosen []uuid.UUID) error {
	paper, err := t.Paper(r.Context(), round.ID)
	if err != nil {
		return err
	}
	v := page.PaperView{
		Frame: s.frame(r), Round: round, Path: roundPath(t, round.ID), Error: fault, Code: code,
		Exec: page.PaperSide(paper.Sides[assessment.Executive]), Ned: page.PaperSide(paper.Sides[assessment.NonExecutive]),
		Notice: paperNotices[r.URL.Query().Get("done")],
	}
	for _, p := range paper.People {
		if p.Finished {
			continue
		}
		row := page.PaperPerson{ID: p.Person.String(), Name: p.Name, Title: p.Title, Side: p.Side, OnPaper: p.OnPaper}
		if chosen != nil {
			row.OnPaper = slices.Contains(chosen, p.Person)
		}
		v.People = append(v.People, row)
	}
	return s.render(w, r, status, page.Paper(v))
}

// addPaper adds to a round's page who answers on paper and how far that is.
func (s *Server) addPaper(r *http.Request, t *store.Trust, v *page.ManageView, people []store.AskedPerson) error {
	some := false
	for i, p := range people {
		v.Asked[i].OnPaper = p.OnPaper
		some = some || p.OnPaper
	}
	if !some {
		return nil
	}
	sides, err := t.PaperSides(r.Context(), v.Round.ID)
	v.PaperExec, v.PaperNed = page.PaperSide(sides[assessment.Executive]), page.PaperSide(sides[assessment.NonExecutive])
	return err
}

// setPaper keeps who answers on paper.
func (s *Server) setPaper(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, f, err := s.managedForm(r, t, "person")
	if err != nil {
		return err
	}
	people, ok := f.ids("person")
	fault := "Select people from the list"
	if ok {
		switch err := t.SetOnPaper(r.Context(), round.ID, people, s.now()); {
		case err == nil:
			return see(w, r, roundPath(t, round.ID)+"/paper?done=people")
		case errors.Is(err, store.ErrHandedIn):
			fault = "Somebody you selected has submitted online meanwhile. The list is up to date now: check it and save again"
		case errors.Is(err, store.ErrKeyed):
			fault = "As many sheets of a side have been keyed in as it would have people on paper. Leave those people on paper"
		case !errors.Is(err, store.ErrNotFound):
			return noMoreLetters(err)
		}
	}
	return s.paperPage(w, r, http.StatusUnprocessableEntity, t, round, fault, sheetField(), people)
}

// printSheets makes the sheets that are wanting and shows all that are still to
// be keyed in.
func (s *Server) printSheets(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := s.managed(r, t)
	if err != nil {
		return err
	}
	sheets, err := t.MakeSheets(r.Context(), round.ID, s.now())
	if err != nil {
		return noMoreLetters(err)
	}
	if len(sheets) == 0 {
		return see(w, r, roundPath(t, round.ID)+"/paper")
	}
	version, err := questionnaire.Load(round.Questionnaire)
	if err != nil {
		return err
	}
	before, err := t.LooksBackOn(r.Context(), round.ID)
	if err != nil {
		return err
	}
	v := page.SheetsView{Frame: s.frame(r), Round: round, Path: roundPath(t, round.ID), Version: version, Before: before.Title, BeforeOn: before.ClosedOn}
	if !before.None() {
		v.Back = version.LookBack()
	}
	for _, x := range sheets {
		v.Sheets = append(v.Sheets, page.PaperSheet{Side: x.Side, Code: x.Code})
	}
	return s.render(w, r, http.StatusOK, page.Sheets(v))
}

// findSheet leads to the form of the sheet with the code that was typed.
func (s *Server) findSheet(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, f, err := s.managedForm(r, t)
	if err != nil {
		return err
	}
	code := sheetField()
	code.Value = f.get("code")
	if strings.TrimSpace(code.Value) == "" || f.sound() != nil {
		code.Error = "Enter the code of the sheet"
		return s.paperPage(w, r, http.StatusUnprocessableEntity, t, round, "", code, nil)
	}
	sheet, err := t.FindSheet(r.Context(), round.ID, code.Value)
	if errors.Is(err, store.ErrNotFound) {
		code.Error = "This round has no sheet with this code. Check the code and the round on the sheet"
		return s.paperPage(w, r, http.StatusUnprocessableEntity, t, round, "", code, nil)
	}
	if err != nil {
		return err
	}
	return see(w, r, roundPath(t, round.ID)+"/paper/"+sheet.ID.String())
}

// sheetToKey is a sheet of paper with all that is printed on it.
type sheetToKey struct {
	store.PaperSheet
	round   assessment.Round
	version *questionnaire.Version
	back    []*questionnaire.Question // none in a first round
}

// sheetToKey is the sheet of the address in a round that is open.
func (s *Server) sheetToKey(r *http.Request, t *store.Trust) (sheetToKey, error) {
	round, err := s.managed(r, t)
	if err != nil {
		return sheetToKey{}, err
	}
	id, err := uuid.Parse(chi.URLParam(r, "sheet"))
	if err != nil {
		return sheetToKey{}, store.ErrNotFound
	}
	sheet, err := t.PaperSheet(r.Context(), round.ID, id)
	if err != nil {
		return sheetToKey{}, err
	}
	if round.State != assessment.Open {
		return sheetToKey{}, noMoreLetters(assessment.ErrNotOpen)
	}
	version, err := questionnaire.Load(round.Questionnaire)
	if err != nil {
		return sheetToKey{}, err
	}
	before, err := t.LooksBackOn(r.Context(), round.ID)
	k := sheetToKey{PaperSheet: sheet, round: round, version: version}
	if !before.None() {
		k.back = version.LookBack()
	}
	return k, err
}
