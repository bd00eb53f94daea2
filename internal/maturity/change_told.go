package maturity

import "math"

// tell puts what is known of returning members into a comparison of the same two
// rounds.
func (c *Change) tell(elements []Compared) {
	for i := range elements {
		e := &elements[i]
		if e.Hidden != "" {
			continue
		}
		told := c.of(e.Key)
		e.Unpaired, e.Mixed = fewReturning, mixedHidden
		if told.Verdict != "" {
			e.Verdict, e.Paired, e.Unpaired = told.Verdict, true, ""
		}
		if told.Minds != nil && told.Members != nil {
			e.Minds, e.Members, e.Mixed = told.Minds, told.Members, ""
		}
	}
}

func (c *Change) of(element string) ElementChange {
	for _, e := range c.Elements {
		if e.Key == element {
			return e
		}
	}
	return ElementChange{Key: element}
}

// Words says an element's change as one sentence.
func (c Compared) Words() string {
	switch {
	case c.Change == nil:
		return "Not compared: " + string(c.Hidden) + "."
	case c.Verdict == MovedUp:
		return "Moved up by " + Levels(*c.Change) + "."
	case c.Verdict == MovedDown:
		return "Moved down by " + Levels(math.Abs(*c.Change)) + "."
	}
	return "No clear change."
}

// Test says by which test the verdict was reached, and why by the weaker one.
func (c Compared) Test() string {
	switch {
	case c.Change == nil:
		return ""
	case c.Paired:
		return "Tested on returning members."
	}
	return "Weaker test on the two boards as a whole: " + string(c.Unpaired) + "."
}

// Shares says how much of the change was people changing their minds and how much
// was people coming and going.
func (c Compared) Shares() string {
	switch {
	case c.Change == nil:
		return ""
	case c.Minds == nil || c.Members == nil:
		return "Not told apart: " + string(c.Mixed) + "."
	case *c.Members == 0 && *c.Minds == *c.Change:
		return "Minds changed " + signed(*c.Minds) + "; members changed nothing."
	}
	return "Minds changed " + signed(*c.Minds) + "; members changed " + signed(*c.Members) + "."
}

// signed writes a difference with its sign, as charts and tables have it.
func signed(x float64) string {
	switch {
	case tenths(x) > 0:
		return "+" + decimal(x)
	case tenths(x) < 0:
		return "−" + decimal(-x)
	}
	return "0.0"
}
