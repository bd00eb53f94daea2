package server

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"

	"octant/internal/access"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// sharingRoutes is what a trust shares with others and sees of them.
func (s *Server) sharingRoutes(r chi.Router) {
	r.Get("/sharing", s.trust(s.showSharing))
	r.Post("/sharing", s.trust(s.setSharing))
	r.Post("/sharing/advice", s.trust(s.setWilling))
	r.Get("/peers", s.trust(s.showPeers))
	r.Get("/peers.csv", s.trust(s.exportPeers))
	r.Get("/learn", s.trust(s.showLearn))
	r.Post("/learn", s.trust(s.askAdvice))
	r.Get("/requests", s.trust(s.showRequests))
	r.Post("/requests/{request}", s.trust(s.answerRequest))
}

// acrossRoutes is what is about several trusts, or none: a public summary, the
// trusts that somebody looks after, circles and benchmarks.
func (s *Server) acrossRoutes(r chi.Router) {
	r.Get("/public/{ods}", s.public(s.showPublic))
	r.Get("/compare", s.person(s.showCompare))
	r.Get("/compare.csv", s.person(s.exportCompare))
	r.Get("/compare/over-time", s.person(s.showOverTime))
	r.Get("/compare/over-time.csv", s.person(s.exportOverTime))
	r.Get("/circles", s.person(s.showCircles))
	r.Post("/circles", s.person(s.makeCircle))
	r.Get("/circles/{circle}", s.person(s.showCircle))
	r.Post("/circles/{circle}", s.person(s.actInCircle))
	r.Get("/benchmarks/{number}", s.person(s.showEdition))
	r.Get("/benchmarks/{number}.json", s.person(s.editionJSON))
}

// acrossWays are the pages about several trusts that somebody has, by what they
// are in each.
func acrossWays(cards []store.TrustCard) []page.Link {
	led, overlooked, views := 0, 0, false
	for _, c := range cards {
		lead, viewer := slices.Contains(c.Roles, access.Lead), slices.Contains(c.Roles, access.Viewer)
		views = views || viewer
		if lead {
			led++
		}
		if lead || viewer {
			overlooked++
		}
	}
	var ways []page.Link
	if views || overlooked > 1 {
		ways = append(ways, page.Link{Href: "/compare", Text: "Compare your trusts"})
	}
	if led > 0 {
		ways = append(ways, page.Link{Href: "/circles", Text: "Circles of trusts"})
	}
	return ways
}

var sharingNotices = map[string]string{
	"saved": "How far your results are shared has been saved.",
	"asked": "Whether other trusts may ask you for advice has been saved.",
}

// showSharing is how far the trust shares its results.
func (s *Server) showSharing(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	choice, from := sharingFields()
	sharing, err := t.Sharing(r.Context())
	if err != nil {
		return err
	}
	choice.Value = string(access.RungOn(sharing.Consents, access.Today(s.now())))
	setDate(&from, s.now().UTC())
	return s.renderSharing(w, r, http.StatusOK, t, sharing, choice, from)
}

func sharingFields() (choice nhsuk.Field, from nhsuk.DateField) {
	choice = nhsuk.Field{Name: "rung", Label: "How far may your published scores be seen?", Options: page.RungOptions(), Heading: 2, Size: nhsuk.Medium}
	return choice, nhsuk.DateField{Name: "from", Label: "From which day?", Hint: "Today or later. What you say now replaces what was said before for that day and later."}
}

func (s *Server) renderSharing(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, sharing store.Sharing, choice nhsuk.Field, from nhsuk.DateField) error {
	today := access.Today(s.now())
	v := page.SharingView{
		Frame: s.frame(r), Path: sharingPath(t), Notice: sharingNotices[r.URL.Query().Get("done")],
		Rung: access.RungOn(sharing.Consents, today), Ahead: access.Ahead(sharing.Consents, today), History: sharing.Consents,
		Choice: choice, From: from, Willing: sharing.Willing,
	}
	trend, err := t.Trend(r.Context(), 1)
	if err != nil {
		return err
	}
	if n := len(trend.Rounds); n > 0 {
		shown, err := shownOf(trend.Rounds[n-1])
		if err != nil {
			return err
		}
		v.Latest = &shown
	}
	return s.render(w, r, status, page.Sharing(v))
}

func sharingPath(t *store.Trust) string { return "/trusts/" + t.ODS + "/sharing" }

// shownOf is a round's published element scores in words.
func shownOf(round store.Summary) (page.Shown, error) {
	version, err := questionnaire.Load(round.Questionnaire)
	if err != nil {
		return page.Shown{}, err
	}
	shown := page.Shown{Round: round.Title, Closed: round.ClosedOn}
	for i := range version.Elements {
		c := cellOf(round, version.Elements[i].Key, nil)
		shown.Rows = append(shown.Rows, page.FigureRow{Element: version.Elements[i].Title, Score: c.Score, Level: c.Level, Range: c.Range})
	}
	return shown, nil
}

// setSharing keeps how far results are shared.
func (s *Server) setSharing(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	sharing, err := t.Sharing(r.Context())
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	choice, from := sharingFields()
	choice.Value, choice.Error = f.get("rung"), f.fault("rung")
	day := readDate(f, &from, "from")
	known := false
	for _, rung := range access.Rungs() {
		known = known || string(rung) == choice.Value
	}
	if !known && choice.Error == "" {
		choice.Error = "Select how far your scores may be seen"
	}
	if from.Error == "" && day.Before(access.Today(s.now())) {
		from.Error = "The day must be today or later"
	}
	if choice.Error+from.Error != "" || f.sound() != nil {
		return s.renderSharing(w, r, http.StatusUnprocessableEntity, t, sharing, choice, from)
	}
	if err := t.SetRung(r.Context(), access.Rung(choice.Value), day, s.now()); err != nil {
		return err
	}
	return see(w, r, sharingPath(t)+"?done=saved")
}

// setWilling keeps whether other trusts may ask for advice.
func (s *Server) setWilling(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	switch f.get("willing") {
	case "yes", "no":
	default:
		return refusal{http.StatusUnprocessableEntity, "Choose whether you may be asked", "Go back and use the button on the page."}
	}
	if err := t.SetWilling(r.Context(), f.get("willing") == "yes", s.now()); err != nil {
		return err
	}
	return see(w, r, sharingPath(t)+"?done=asked")
}

// showPublic is a trust's summary for everybody, if it made one.
func (s *Server) showPublic(w http.ResponseWriter, r *http.Request) error {
	p, err := s.db.PublicSummary(r.Context(), chi.URLParam(r, "ods"), s.now())
	if err != nil {
		return err
	}
	shown, err := shownOf(p.Latest)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.PublicSummary(page.PublicView{Frame: s.frame(r), Name: p.Name, Kind: p.Kind, Code: p.ODS, Latest: shown}))
}

// mostWords is how long a request or an answer may be.
const mostWords = 1000

// wordsField is a text that goes to another trust.
func wordsField(name, label, hint string) nhsuk.Field {
	return nhsuk.Field{Name: name, Label: label, Hint: hint, MaxLength: mostWords, Rows: 6}
}

// readWords reads a text that goes to another trust.
func readWords(f form, field *nhsuk.Field, what string) string {
	field.Value = f.get(field.Name)
	words := trimmed(field.Value)
	switch n := len([]rune(words)); {
	case f.fault(field.Name) != "":
		field.Error = f.fault(field.Name)
	case n == 0:
		field.Error = "Enter " + what
	case n > mostWords:
		field.Error = "This must be 1,000 characters or fewer"
	case f.sound() != nil:
		field.Error = "Part of the form could not be read. Check it and send it again"
	}
	return words
}

var learnNotices = map[string]string{"sent": "Your request is on its way to the leads of that trust."}

// showLearn finds trusts to learn from.
func (s *Server) showLearn(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	v, err := s.learnView(r, t, r.URL.Query().Get("element"))
	if err != nil {
		return err
	}
	v.Notice = learnNotices[r.URL.Query().Get("done")]
	return s.render(w, r, http.StatusOK, page.Learn(v))
}

func (s *Server) learnView(r *http.Request, t *store.Trust, element string) (page.LearnView, error) {
	if !t.May(access.ShareResults) {
		return page.LearnView{}, access.ErrDenied
	}
	version, err := s.latest()
	if err != nil {
		return page.LearnView{}, err
	}
	path := "/trusts/" + t.ODS
	v := page.LearnView{
		Frame: s.frame(r), Path: path + "/learn", Requests: path + "/requests",
		Element: nhsuk.Field{Name: "element", Label: "Element", Options: elementOptions(version), Value: element},
		Guide:   nhsuk.Field{Name: "trust", Label: "Which trust do you want to ask?"},
		Words:   wordsField("words", "What do you want to ask?", "Say what you would like to learn, and how they can reach you if you want that"),
	}
	e, ok := version.Element(element)
	if !ok {
		v.Element.Value = ""
		return v, nil
	}
	v.Title = e.Title
	guides, none, err := t.Guides(r.Context(), element, s.now())
	v.None = none
	for _, g := range guides {
		v.Guides = append(v.Guides, nhsuk.Option{Value: g.ODS, Text: g.Name, Hint: g.Kind})
	}
	v.Guide.Options = v.Guides
	return v, err
}

func elementOptions(v *questionnaire.Version) []nhsuk.Option {
	var options []nhsuk.Option
	for i := range v.Elements {
		options = append(options, nhsuk.Option{Value: v.Elements[i].Key, Text: v.Elements[i].Title})
	}
	return options
}

// askAdvice sends a request to the leads of another trust.
func (s *Server) askAdvice(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	if !t.May(access.ShareResults) {
		return access.ErrDenied
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	v, err := s.learnView(r, t, f.get("element"))
	if err != nil {
		return err
	}
	v.Guide.Value, v.Guide.Error = f.get("trust"), f.fault("trust")
	words := readWords(f, &v.Words, "what you want to ask")
	if v.Guide.Error == "" && !among(v.Guide) {
		v.Guide.Error = "Select a trust to ask"
	}
	if len(v.Guides) == 0 {
		v.Error = "There is no trust to ask in this element now"
	}
	if v.Error+v.Guide.Error+v.Words.Error == "" {
		err = t.AskAdvice(r.Context(), v.Element.Value, v.Guide.Value, words, s.now())
		if v.Error = adviceFault(err); v.Error == "" {
			if err != nil {
				return err
			}
			return see(w, r, v.Path+"?done=sent")
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, page.Learn(v))
}

// adviceFault says why a request cannot go now; "" for other errors.
func adviceFault(err error) string {
	switch {
	case errors.Is(err, store.ErrAskedThem):
		return "Your trust has asked this trust in the last three months. Choose another one, or wait"
	case errors.Is(err, store.ErrAskedEnough):
		return "Your trust has sent five requests in the last 30 days. Wait before you send another"
	case errors.Is(err, store.ErrOverrun):
		return "This trust has been asked often in the last 30 days. Choose another one, or wait"
	}
	return ""
}

// among says whether a field's value is one of its options.
func among(f nhsuk.Field) bool {
	for _, o := range f.Options {
		if o.Value == f.Value {
			return true
		}
	}
	return false
}

var requestNotices = map[string]string{"answered": "Your answer is on its way."}

// showRequests lists the requests that the trust sent and received.
func (s *Server) showRequests(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	return s.renderRequests(w, r, http.StatusOK, t, "", nhsuk.Field{})
}

func (s *Server) renderRequests(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, wrong string, field nhsuk.Field) error {
	list, err := t.Requests(r.Context())
	if err != nil {
		return err
	}
	version, err := s.latest()
	if err != nil {
		return err
	}
	v := page.RequestsView{Frame: s.frame(r), Path: "/trusts/" + t.ODS + "/requests", Notice: requestNotices[r.URL.Query().Get("done")]}
	for _, q := range list {
		c := page.RequestCard{
			ID: q.ID.String(), Sent: q.Sent, Trust: q.Trust, Element: q.Element, By: q.By, At: q.At, Words: q.Words,
			Reply: q.Reply, ReplyBy: q.ReplyBy, ReplyAt: q.ReplyAt,
		}
		if e, ok := version.Element(q.Element); ok {
			c.Element = e.Title
		}
		c.Answer = wordsField("reply-"+c.ID, "Your answer", "It goes to the leads of "+q.Trust+". Your email address is not shown")
		if c.ID == wrong {
			c.Answer.Value, c.Answer.Error = field.Value, field.Error
		}
		v.List = append(v.List, c)
	}
	return s.render(w, r, status, page.Requests(v))
}

// answerRequest answers a request that the trust received.
func (s *Server) answerRequest(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	if !t.May(access.ShareResults) {
		return access.ErrDenied
	}
	id, err := idIn(r, "request")
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	field := wordsField("reply-"+id.String(), "", "")
	words := readWords(f, &field, "your answer")
	if field.Error != "" {
		return s.renderRequests(w, r, http.StatusUnprocessableEntity, t, id.String(), field)
	}
	switch err := t.ReplyAdvice(r.Context(), id, words, s.now()); {
	case errors.Is(err, store.ErrReplied):
		return refusal{http.StatusConflict, "This request has been answered", "Go back and load the page again to read the answer."}
	case err != nil:
		return err
	}
	return see(w, r, "/trusts/"+t.ODS+"/requests?done=answered")
}

// day is a date for a file.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
