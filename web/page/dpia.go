package page

import (
	"fmt"
	"strings"
	"time"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/workshop"
)

// DataSettings are what the two documents about personal data are made from,
// beside what the domain itself lays down.
type DataSettings struct {
	Trust    string
	Origin   string // address the service is reached by
	Letters  bool   // letters are handed to a mail server
	Provider string // issuer of the trust's own sign-in, "" for none
	Embedded bool   // the database is one that the program started for itself
	Made     time.Time
}

// ImpactAssessment is the trust's data protection impact assessment as far as a
// program can write it. What only people know is left to them, and marked.
func ImpactAssessment(s DataSettings) Document {
	return Document{
		Name: "assessment", Title: "Data protection impact assessment: Octant at " + s.Trust,
		Lede: "A draft for your data protection officer, made on " + Day(s.Made) + " from the settings of the Octant at " + s.Origin +
			". What it cannot know starts with “To confirm”.",
		Sections: []Section{
			purposes(), necessity(), aboutWhom(), responsible(), lawfulBases(), rolesAndRights(), howLong(), keptApart(), neverShown(), inWorkshops(), betweenTrusts(),
			s.whereItLies(), signingIn(), risks(), rightsOfPeople(), freedomOfInformation(), stillToConfirm(),
		},
	}
}

func purposes() Section {
	return Section{Heading: "What is done, and why", Says: []string{
		"Members of the trust’s board answer questions about how the board leads digital change. A report shows the board as a whole, so that it can talk about where it stands and what to do next.",
		"Answers are not used to judge, rank or pay any person. No decision about a person is made from them, by a person or by a machine.",
	}}
}

func necessity() Section {
	return Section{Heading: "Why an assessment is needed", Says: []string{
		"The group is small, its members are senior and known to each other, and their views are candid. If an answer could be led back to its writer, it could harm them at work.",
		"Less would not do: a board’s own view of itself can only come from its members. We ask for no more than the answers, and each question can be left out.",
	}}
}

func aboutWhom() Section {
	return Section{Heading: "Whose data, and which", List: []string{
		"Board members: name, work email address, role on the board, side of the table (executive or non-executive), whether they have been asked and whether they have submitted.",
		"Their answers, comments and notes of evidence, under a code in place of the name.",
		"Everybody who signs in: when, how and with which kind of device.",
		"Anybody whom a comment names. The form asks people not to name anybody.",
		"No data on health, ethnic group, faith or the like is asked for, and no date of birth.",
	}}
}

func responsible() Section {
	return Section{Heading: "Who is responsible", Says: []string{
		"The trust is the controller of its rounds. Whoever runs Octant for the trust is its processor.",
		"To confirm: the names of both, the contract between them, and the data protection officer.",
	}}
}

func lawfulBases() Section {
	return Section{
		Heading: "Lawful basis",
		Says: []string{
			"These are proposals. To confirm: your data protection officer agrees with each.",
			"Consent is not the basis, because it is hard to refuse a chair. Answering is voluntary all the same, question by question.",
		},
		Table: Grid{Head: []string{"What is done", "Proposed basis (UK GDPR)"}, Rows: [][]string{
			{"Asking the board and making its report", "Article 6(1)(e), public task: the trust’s governance. Where that does not fit, Article 6(1)(f), legitimate interests, with a written test"},
			{"Accounts, sign-in and the record of what was done", "Article 6(1)(e) with Article 32: keeping the service secure and accountable"},
			{"Letters about a round", "The same as for the round"},
		}},
	}
}

// rolesAndRights is the table of roles as the program itself applies it.
func rolesAndRights() Section {
	rows := make([][]string, 0, len(access.Granted())+1)
	for _, role := range access.Granted() {
		var may []string
		for _, p := range role.Permissions() {
			may = append(may, PermissionText(p))
		}
		rows = append(rows, []string{upperFirst(role.Words()), strings.Join(may, ". ") + "."})
	}
	rows = append(rows, []string{"Platform administrator", "Add trusts, name who leads them, look up a person by their exact email address. See no round, answer or report of any trust."})
	return Section{
		Heading: "Who sees what",
		Says: []string{
			"Only the person themselves sees their answers. No role carries the right to see another person’s, and the database itself keeps each trust’s rows from every other trust.",
			"Those who run the service hold the database and the secret. Together these could lead answers back to people, as long as the link has not been destroyed.",
		},
		Table: Grid{Head: []string{"Role in the trust", "What they may do"}, Rows: rows},
	}
}

// howLong states what the program erases by itself.
func howLong() Section {
	return Section{
		Heading: "How long it is kept",
		Says: []string{
			"Octant does this by itself, each day, and records that it did.",
			"To confirm: how long your records schedule keeps reports and the record.",
		},
		Table: Grid{Head: []string{"What", "Until when"}, Rows: retentionRows()},
	}
}

func retentionRows() [][]string {
	return [][]string{
		{"The times at which answers were saved", "The round closes"},
		{"The link between a person and their answers", fmt.Sprintf("%d days after the trust’s next round closes, or %d months after the round itself did, whichever is first", assessment.LinkDaysAfterNext, assessment.LinkMonths)},
		{"Comments and notes of evidence", months(assessment.CommentMonths, "after the round closes")},
		{"Records of sign-ins", months(assessment.SignInMonths, "after the sign-in")},
		{"What became of each letter", months(assessment.LetterMonths, "after it was sent")},
		{"Votes, devices and cards of a workshop", "The workshop ends, or " + lasting(workshop.LapseAfter) + " after it began if nobody ends it"},
		{"Levels agreed in a workshop, their reasons, and actions with their owners", "As long as the trust keeps its board papers"},
		{"What one trust asks another, and the reply", months(assessment.RequestMonths, "after the request, or after the reply if there is one")},
		{"Frozen reports, which name nobody", "As long as the trust keeps its board papers"},
		{"The record of what was done, which holds no answers", "As long as the service is in use, since nobody can change it"},
	}
}

func months(n int, after string) string { return count(n, "month", "months") + " " + after }

func keptApart() Section {
	return Section{Heading: "How answers and names are kept apart", List: []string{
		"A person answers under a code, worked out from their account and a secret that is not in the database.",
		"Who was asked and what was answered lie in tables that share no key.",
		"When a round closes, the times of answers are erased, and comments are copied without code, side or time.",
		"After its time the link is destroyed: each set of answers gets a new, random code. Nobody can lead it back then.",
		"Every report is made once, when the round closes, and frozen. A late answer opens no second one.",
	}}
}

// neverShown are the rules by which reports hide what could point at a person.
func neverShown() Section {
	return Section{Heading: "What a report never shows", Says: []string{
		fmt.Sprintf("Nothing is shown for fewer than %d people, and nothing that would let anybody work out the answers of fewer than %d by taking one number from another. "+
			"A board of 12 could not use 10, the usual number for large surveys: each side of the table would be hidden. %d is what comparable tools use.", maturity.MinShown, maturity.MinShown, maturity.MinShown),
	}, List: []string{
		fmt.Sprintf("A round asks at least %d people, and no result shows before it closes.", assessment.MinAsked),
		"Executives and non-executives are compared only if both sides are large enough. There is no other way to split a board.",
		"Counts at each level are shown only where enough people answered; with fewer, bands or words stand in their place.",
		"Where everybody chose the same or nearly the same level, it is said in words, without counts.",
		"Means are rounded so that nobody can work back to the sum. The lowest and the highest answer are never shown.",
		fmt.Sprintf("Comments on a question are shown only if %d or more people answered it: in random order, without side or time, to the trust lead, the chair and a facilitator alone. The lead can hide one and nobody can change one.", maturity.MinCommented),
	}}
}
