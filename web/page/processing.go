package page

import (
	"fmt"

	"octant/internal/assessment"
)

// ProcessingRecord is the trust's entry in its record of processing activities
// (UK GDPR, Article 30), from the same settings as the assessment.
func ProcessingRecord(s DataSettings) Document {
	return Document{
		Name: "record", Title: "Record of processing: Octant at " + s.Trust,
		Lede: "An entry for the trust’s record of processing activities, made on " + Day(s.Made) + " from the settings of the Octant at " + s.Origin +
			". What it cannot know starts with “To confirm”.",
		Sections: []Section{
			{Heading: "The parties", Table: Grid{Head: []string{"Part", "Who"}, Rows: [][]string{
				{"Controller", s.Trust},
				{"Data protection officer", "To confirm"},
				{"Processor", "Whoever runs the Octant at " + s.Origin + ". To confirm: name, contact and contract"},
				{"Sub-processors", s.subprocessors()},
				{"Transfers outside the UK", "Octant makes none. To confirm: where the database, its backups and the mail server lie"},
			}}},
			s.activities(),
			{Heading: "How long it is kept", Table: Grid{Head: []string{"What", "Until when"}, Rows: retentionRows()}},
			rolesAndRights(),
			security(),
		},
	}
}

// subprocessors names the services that data passes through.
func (s DataSettings) subprocessors() string {
	says := "To confirm: whoever hosts the service"
	if s.Letters {
		says += ", and whoever runs its mail server"
	}
	if s.Provider != "" {
		says += ". People sign in through " + hostOf(s.Provider) + ", which is the trust’s own"
	}
	return says
}

// activities are what is done with personal data, one a row.
func (s DataSettings) activities() Section {
	board := "Members of the board"
	rows := [][]string{
		{"Asking the board", "To see how the board leads digital change", board, "Answers, comments and notes of evidence, under a code", "Nobody but the person themselves"},
		{"Reporting", "To give the board a picture of itself", board, "Numbers about at least " + fmt.Sprint(assessment.MinAsked) + " people together, and comments without their writers", "The trust’s roles, as below"},
		{"Running rounds", "To ask the right people, and remind those still to finish", board, "Name, work email address, board role, side, asked, finished, away, on paper", "Trust lead; in part chair and facilitator"},
		{"Signing in", "To let in the right people, and nobody else", "Everybody with a role", "Name, work email address, roles, times, ways and kinds of device", "The person themselves; roles also the trust lead"},
		{"Running a workshop", "To talk about the results and agree what to do", "Whoever joins; owners of actions", "Votes under a random key until it ends; levels agreed, reasons, actions with owners", "Those in the room; the trust’s roles, as below"},
		{"Comparing trusts", "To learn from others, on the trust lead’s word", "No person’s data", "Published scores of the trust", "As the lead decides: nobody, trusts without its name, a circle, everybody"},
		{"Recording what was done", "To account for who did what", "Everybody with a role", "Who did what to whom and when; never an answer", "Trust lead"},
	}
	if s.Letters {
		rows = append(rows, []string{"Sending letters", "To invite and remind", board, "Name, work email address, what became of each letter", "Trust lead; the mail server"})
	}
	return Section{
		Heading: "What is done with personal data",
		Says:    []string{"No special category of data is asked for. Proposed lawful bases stand in the impact assessment."},
		Table:   Grid{Head: []string{"Activity", "Purpose", "Whose data", "Which data", "Who receives it"}, Rows: rows},
	}
}

func security() Section {
	return Section{Heading: "How it is kept safe", List: []string{
		"Answers are kept under a code, apart from names; the secret for the code is not in the database.",
		"The database refuses the rows of any trust but the one a request is for.",
		"Personal links, codes and session keys are kept as fingerprints only; the secret of the trust’s own sign-in is sealed.",
		"Nobody can change or remove what is recorded of who did what, and an alteration by the database’s owner shows.",
		"The service refuses to start without a strong secret, or without encryption beyond its own machine.",
		"Tries at codes and links are limited, and pages forbid scripts and content from other places.",
	}}
}
