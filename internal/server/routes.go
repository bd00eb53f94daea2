package server

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"octant/internal/store"
	"octant/web"
)

// Routes is every address there is. Each handler stands behind public, person
// or trust; the door test knocks on all of them.
func (s *Server) Routes() chi.Router {
	r := chi.NewRouter()
	r.Use(middleware.GetHead, welcome, s.measure, s.recover, s.headers)
	r.Get("/healthz", s.alive)
	r.Get("/readyz", s.ready)
	r.Handle("/static/*", web.Files())
	r.Group(func(r chi.Router) {
		r.Use(s.sameOrigin, s.fromWhere, s.sessions.LoadAndSave, s.keepStay)
		r.NotFound(s.public(func(http.ResponseWriter, *http.Request) error { return store.ErrNotFound }))
		r.MethodNotAllowed(s.public(func(http.ResponseWriter, *http.Request) error {
			return refusal{http.StatusMethodNotAllowed, "This address does not take that", "Go back and use the buttons on the page."}
		}))
		r.Get("/", s.public(s.showHome))
		r.Get("/sign-in", s.public(s.showSignIn))
		r.Post("/sign-in", s.public(s.askForCode))
		r.Get("/sign-in/code", s.public(s.showCode))
		r.Post("/sign-in/code", s.public(s.tryCode))
		r.Post(providerPath+"{ods}", s.public(s.departToProvider))
		r.Get(providerCallback, s.public(s.returnFromProvider))
		r.Post("/sign-out", s.public(s.signOut))
		r.Get("/sessions", s.person(s.showSessions))
		r.Post("/sessions/end", s.person(s.endSessions))
		r.Post("/sessions/{session}/end", s.person(s.endOneSession))
		r.Get("/me/data", s.person(s.showOwnData))
		r.Get("/me/data.json", s.person(s.takeOwnData))
		r.Get("/method", s.public(s.showMethod))
		r.Get("/privacy", s.public(s.showPrivacy))
		r.Get("/accessibility", s.public(s.showAccessibility))
		if s.demo {
			r.Get("/demo", s.public(s.showDemo))
			r.Post("/demo/sign-in", s.public(s.signInDemo))
			r.Get("/demo/letters", s.public(s.showWaiting))
			r.Get("/demo/letters/{letter}", s.public(s.showWaitingLetter))
			r.Get("/demo/letters/{letter}/html", s.public(s.showWaitingHTML))
		}
		r.Get("/register", s.person(s.showRegister))
		r.Get("/register/{code}", s.person(s.showOrganisation))
		r.Route("/admin", s.adminRoutes)
		r.Get("/invitations/{token}", s.public(s.showInvitation))
		r.Post("/invitations/{token}", s.public(s.followInvitation))
		r.Get("/sign-in/letter", s.public(s.showLetterSignIn))
		r.Post("/sign-in/letter", s.public(s.signInByLetter))
		s.acrossRoutes(r)
		r.Route("/join", s.joinRoutes)
		r.Route("/trusts/{ods}", s.trustRoutes)
	})
	return r
}

// trustRoutes is what lies inside a trust.
func (s *Server) trustRoutes(r chi.Router) {
	r.Get("/", s.trust(s.showTrust))
	r.Get("/sign-in", s.person(s.showProvider))
	r.Post("/sign-in", s.person(s.setProvider))
	r.Post("/sign-in/remove", s.person(s.endProvider))
	r.Get("/audit", s.trust(s.showAudit))
	r.Get("/audit.csv", s.trust(s.exportAudit))
	r.Get("/data-protection", s.trust(s.showDataProtection))
	r.Get("/data-protection/{document}", s.trust(s.showDocument))
	r.Get("/data-protection/{document}.md", s.trust(s.downloadDocument))
	s.peopleRoutes(r)
	s.workshopRoutes(r)
	r.Route("/trend", s.trendRoutes)
	s.sharingRoutes(r)
	r.Get("/rounds/new", s.trust(s.newRound))
	r.Post("/rounds", s.trust(s.createRound))
	r.Route("/rounds/{round}", s.roundRoutes)
}

// roundRoutes is what lies inside a round.
func (s *Server) roundRoutes(r chi.Router) {
	r.Get("/", s.trust(s.showStart))
	r.Get("/questions", s.trust(s.showTasks))
	r.Get("/questions/{key}", s.trust(s.showQuestion))
	r.Post("/questions/{key}", s.person(s.saveAnswer))
	r.Get("/looking-back", s.trust(s.showLookBack))
	r.Post("/looking-back", s.trust(s.saveLookBack))
	r.Get("/answers", s.trust(s.checkAnswers))
	r.Post("/answers", s.trust(s.submitAnswers))
	r.Get("/answers/delete", s.trust(s.confirmDeleteDraft))
	r.Post("/answers/delete", s.trust(s.deleteDraft))
	r.Get("/answers.csv", s.trust(s.downloadAnswers))
	r.Get("/sent", s.trust(s.showSent))
	r.Get("/mine", s.trust(s.showMine))
	r.Get("/manage", s.trust(s.manageRound))
	r.Get("/edit", s.trust(s.editRound))
	r.Post("/edit", s.trust(s.changeRound))
	r.Get("/people", s.trust(s.choosePeople))
	r.Post("/people", s.trust(s.setPeople))
	r.Get("/links", s.trust(s.showLinks))
	r.Post("/links", s.trust(s.changeLink))
	r.Get("/letters", s.trust(s.showLetters))
	r.Post("/letters", s.trust(s.sendAgain))
	r.Get("/code-letters", s.trust(s.chooseLetters))
	r.Post("/code-letters", s.trust(s.printLetters))
	r.Get("/paper", s.trust(s.showPaper))
	r.Post("/paper", s.trust(s.setPaper))
	r.Post("/paper/sheets", s.trust(s.printSheets))
	r.Post("/paper/find", s.trust(s.findSheet))
	r.Get("/paper/{sheet}", s.trust(s.showKeying))
	r.Post("/paper/{sheet}", s.trust(s.keyIn))
	r.Post("/open", s.trust(s.openRound))
	r.Post("/clock", s.trust(s.setClock))
	r.Get("/closing-day", s.trust(s.showClosingDay))
	r.Post("/closing-day", s.trust(s.moveClosing))
	r.Get("/asked/{person}", s.trust(s.showMoreTime))
	r.Post("/asked/{person}/time", s.trust(s.giveTime))
	r.Post("/asked/{person}/away", s.trust(s.markAway))
	r.Get("/close", s.trust(s.confirmClose))
	r.Post("/close", s.trust(s.closeRound))
	r.Get("/comments", s.trust(s.showComments))
	r.Post("/comments", s.trust(s.hideComment))
	r.Get("/report", s.person(s.showReport))
	r.Get("/report/disclosure", s.trust(s.showDisclosure))
	r.Get("/report.json", s.trust(s.reportJSON))
	r.Get("/report.csv", s.trust(s.reportCSV))
	r.Get("/report/charts/{chart}.csv", s.trust(s.chartCSV))
}
