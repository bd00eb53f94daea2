package page

import (
	"net/url"
	"time"

	"octant/internal/access"
)

// whereItLies says which other services the data passes through.
func (s DataSettings) whereItLies() Section {
	database := "In a Postgres database server that those who run the service chose."
	if s.Embedded {
		database = "In a Postgres database on the machine that runs Octant."
	}
	letters := "Letters go through the mail server that those who run the service chose. It sees addresses, names, and personal links that let a person answer until the round closes."
	if !s.Letters {
		letters = "No mail server is set up: no letter leaves the service."
	}
	provider := "The trust’s own sign-in is not set up. People sign in by personal link, printed letter or emailed code."
	if s.Provider != "" {
		provider = "People of the trust sign in through the trust’s own provider, " + hostOf(s.Provider) + ". It learns that and when they sign in, and nothing of what they do here."
	}
	travel := "Between the browser and the service, data travels encrypted (TLS)."
	if u, err := url.Parse(s.Origin); err != nil || u.Scheme != "https" {
		travel = "This Octant is reached without encryption, on one machine only. It must not be used for a real round."
	}
	return Section{Heading: "Where the data lies, and where it goes", List: []string{
		database, letters, provider, travel,
		"No page loads anything from another site. There are no statistics about visitors and one cookie, which keeps a person signed in.",
		"The service’s log holds no answers, names, addresses or links.",
		"To confirm: in which country the database and its backups lie, who can read them, and whether disks and backups are encrypted.",
	}}
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}

// signingIn states how people prove who they are, and for how long.
func signingIn() Section {
	return Section{
		Heading: "Signing in",
		Says: []string{
			"A personal link or the code on a printed letter lets its owner answer in one trust and do no more, until the round closes. It can be revoked. Only fingerprints of links and codes are kept.",
			"Everything else needs a code that is sent by email and works once, or the trust’s own sign-in.",
		},
		Table: Grid{Head: []string{"Who", "Signed out when not in use for", "At the latest after"}, Rows: [][]string{
			limitRow("Somebody who came by a personal link or letter", access.SessionLimits(access.ByLink, access.Roles{access.Member}, false)),
			limitRow("Board member, observer or regional viewer", access.SessionLimits(access.ByCode, access.Roles{access.Member, access.Observer, access.Viewer}, false)),
			limitRow("Chair or facilitator", access.SessionLimits(access.ByCode, access.Roles{access.Chair, access.Facilitator}, false)),
			limitRow("Trust lead", access.SessionLimits(access.ByCode, access.Roles{access.Lead}, false)),
			limitRow("Platform administrator", access.SessionLimits(access.ByCode, nil, true)),
		}},
	}
}

func limitRow(who string, l access.SessionLimit) []string {
	return []string{who, lasting(l.Idle), lasting(l.Most)}
}

// lasting is a time in the largest unit that it fills.
func lasting(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d%day == 0:
		return count(int(d/day), "day", "days")
	case d%time.Hour == 0:
		return count(int(d/time.Hour), "hour", "hours")
	}
	return count(int(d/time.Minute), "minute", "minutes")
}

func risks() Section {
	return Section{
		Heading: "Risks, and what is done about them",
		Says:    []string{"To confirm: whether your data protection officer accepts what remains."},
		Table: Grid{Head: []string{"What could happen", "What is done", "What remains"}, Rows: [][]string{
			{"A colleague works out from the report who said what", "The rules above, applied once for page, file and print", "Colleagues who tell each other their answers know more than the report says"},
			{"A comment gives its writer away, or names somebody", "A warning beside the box, no side or time, the lead can hide it, erased after its time", "Style and subject can still be recognised"},
			{"Somebody sees another trust’s data", "Membership is read for each request, and the database refuses rows of any other trust", "A fault in both at once"},
			{"A personal link is forwarded", "It lets its owner answer and no more, and can be revoked", "Until then somebody else could answer in their place"},
			{"Those who run the service lead answers back to people", "The secret is not in the database, and the link is destroyed after its time", "Before that, whoever holds both can. The contract must forbid it"},
			{"The record of what was done is altered to hide something", "Nobody has the right to; each entry is chained to the one before and can be checked", "The database’s owner could write a whole new record. A digest noted elsewhere shows it"},
			{"Somebody takes the benchmark of two groups or two dates apart to find one trust", "Groups and editions differ by none or by at least five other trusts", "Trusts that tell each other their scores know more than the benchmark says"},
			{"Somebody in a workshop votes more than once", "The facilitator sees how many can vote beside how many people are expected, and takes a device out; who joins as themselves has one vote on all their devices", "Nobody can tell which of two anonymous votes was the second; once the vote has closed, both stay"},
			{"Whoever runs a workshop brings devices of their own and leaves all others but one out of a vote", "A result shows only if at least half of those who could vote did, those who were taken out included. Who is taken out sees it and can join again; each removal is on record", "Nearly as many devices as there are people would do it, in sight of the room"},
			{"Data is lost", "Every answer is confirmed only once it is on disk", "To confirm: backups, and when one was last restored"},
		}},
	}
}

// inWorkshops states how votes in a room are kept and told.
func inWorkshops() Section {
	return Section{Heading: "Votes in a workshop", List: []string{
		"People vote on their own devices, with a code and without an account. Somebody who is signed in may join as themselves, so that they vote once.",
		"A device has a number and the minute in which it joined, so that one too many can be taken out. A member may join as themselves: then the key is made from their account for that workshop alone. Both are erased with the votes.",
		"A device that is taken out loses its vote only while voting is open. What has closed stays, so that no result tells its vote by difference. Each removal is on record.",
		"A vote is kept under a random key of that workshop. No vote, and no count of votes at a level, is sent to any device before the facilitator shows the result.",
		"Results are told by the rules above. The second vote is told only where nobody’s change can be worked out from the first.",
		"When the workshop ends, votes, devices and cards are erased. What was told, agreed and planned stays.",
		"An action names its owner. The owner gets a letter before it is due, where letters can be sent.",
	}}
}

// betweenTrusts states what can leave the trust, and on whose word.
func betweenTrusts() Section {
	return Section{Heading: "What other trusts can see", Says: []string{
		"Nothing, until the trust lead decides otherwise. The lead can let the eight published scores be counted in benchmarks, shown by name in a circle of trusts, or read by everybody, and can go back at any time. Each step is recorded.",
	}, List: []string{
		"A benchmark shows the middle half of at least six trusts, and never a name or a place in an order. It is not shown where one trust alone would move it much.",
		"For benchmarks, the unrounded mean and spread of each element are kept beside the report. No page or file shows them.",
		"A regional viewer reads the reports of the trusts that gave them that role, and no others.",
		"What one trust writes to another goes through Octant, with the lead’s name and without addresses.",
	}}
}

func rightsOfPeople() Section {
	return Section{Heading: "People’s rights", List: []string{
		"Each person can read and download what is held about them, as long as it can be linked to them, and delete a draft before they submit it.",
		"A name or address can be corrected by the trust lead or those who run the service.",
		"Once a report is frozen, answers cannot be taken out of its totals. Nobody can be told from them.",
		"A person who is named in a comment can ask for it. The lead can hide it meanwhile. What others wrote about them is weighed against those people’s rights.",
		"Nothing is decided about a person by a machine.",
	}}
}

func freedomOfInformation() Section {
	return Section{Heading: "Freedom of Information", Says: []string{
		"What Octant holds for the trust counts as held by the trust. The frozen report is made so that it could be released, and the lead can see it as it would look then.",
		"Exemptions for free and frank views and for personal data may apply to the rest. Nobody is promised that a request can never reach more than the report.",
	}}
}

func stillToConfirm() Section {
	return Section{Heading: "Before the first round", List: []string{
		"To confirm: the data protection officer’s advice, with its date.",
		"To confirm: the board was told who sees what, and has read the privacy page.",
		"To confirm: everybody knows that executives and non-executives are compared, and when they are not.",
		"To confirm: who signs this assessment, and when it is looked at again.",
	}}
}
