package mail

// follow puts a letter in words about what follows from a workshop: its record, or
// an action that is due.
func (l Letter) follow(w *words) {
	trust, round, day := plain(l.Trust), plain(l.Round), l.day()
	if l.Kind == Outcome {
		w.Subject = "What came of ‘" + round + "’ at " + trust
		w.Before = []string{
			"‘" + round + "’ was held at " + trust + ". Its record is ready: what the room voted as a whole, the levels it agreed, and who does what by when.",
			"It never shows how anybody voted.",
		}
		w.Button, w.After = "Read the record", []string{"You may have to sign in first. Enter this email address there, and we send you a code."}
		w.Foot = "Octant sent this because " + trust + " asked you about digital leadership before the workshop. If you have a question, ask the person at " + trust + " who runs this."
		return
	}
	w.Subject = "Due in a week, on " + day + ": an action for the board of " + trust
	w.Before = []string{"The board of " + trust + " agreed that you see to this by " + day + ":"}
	if l.Kind == ActionDay {
		w.Subject = "Due on " + day + ": an action for the board of " + trust
		w.Before = []string{"This is the day by which the board of " + trust + " agreed that you see to this, " + day + ":"}
	}
	w.Before = append(w.Before, "“"+plain(l.Words)+"”")
	w.Button = "See the actions"
	w.After = []string{
		"When it is done, or if it cannot be done by then, tell the person who runs your board's workshops. They can change the date or note what came of it.",
		"You may have to sign in first. Enter this email address there, and we send you a code.",
	}
	w.Foot = "Octant sent this because an action of the board of " + trust + " names you as its owner. There is one letter a week before and one on the day."
}
