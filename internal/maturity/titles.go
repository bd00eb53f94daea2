package maturity

import (
	"fmt"
	"math"

	"octant/internal/questionnaire"
)

// ProfileTitle says in at most ten words what the profile of the eight shows.
func (r Report) ProfileTitle(v *questionnaire.Version) string {
	if r.Result.Lowest == "" {
		return "No element can be shown"
	}
	high := highest(r.Result.Elements)
	if high == r.Result.Lowest {
		return "One element can be shown"
	}
	if elementScore(r.Result, high) == elementScore(r.Result, r.Result.Lowest) {
		return "All elements that can be shown score the same"
	}
	h, l := elementTitle(v, high), elementTitle(v, r.Result.Lowest)
	return title(
		fmt.Sprintf("Highest: %s. Lowest: %s.", h, l),
		fmt.Sprintf("Lowest of the eight: %s", l),
		"Lowest: "+l,
	)
}

// AgreementTitle says where people agree least.
func (r Report) AgreementTitle(v *questionnaire.Version) string {
	if len(r.Splits) > 0 {
		name := "“" + topic(v, r.Splits[0].Item) + "”"
		if r.Splits[0].Label == Split {
			return title("We form two camps on "+name, "Two camps: "+name)
		}
		return title("We differ most on "+name, "Widest: "+name)
	}
	for _, e := range r.Result.Elements {
		for _, it := range e.Items {
			if it.Label != "" {
				return "On no question are we far apart"
			}
		}
	}
	return "Agreement cannot be shown"
}

// DontKnowTitle says what most people do not know.
func (r Report) DontKnowTitle(v *questionnaire.Version) string {
	if len(r.BlindSpots) == 0 {
		if r.Result.Hidden != "" {
			return "What we do not know cannot be shown"
		}
		return "On no question do many of us not know"
	}
	f := r.BlindSpots[0]
	name := "“" + topic(v, f.Item) + "”"
	if f.Count == nil || f.Of == nil {
		return title("Hardly anybody knows about "+name, "Hardly known: "+name)
	}
	return title(
		fmt.Sprintf("%d of %d do not know about %s", *f.Count, *f.Of, name),
		fmt.Sprintf("%d of %d do not know: %s", *f.Count, *f.Of, name),
		"Not known to many: "+name,
	)
}

// SidesTitle says on which element the two sides lie furthest apart.
func (r Report) SidesTitle(v *questionnaire.Version) string {
	key, widest := "", 0.0
	shown := false
	for _, e := range r.Result.Sides.Elements {
		if e.Gap == nil {
			continue
		}
		shown = true
		if math.Abs(*e.Gap) > math.Abs(widest) {
			key, widest = e.Key, *e.Gap
		}
	}
	switch {
	case !shown:
		return "The two sides cannot be shown"
	case math.Abs(widest) < sideGapFrom-tiny:
		return "The two sides see us much alike"
	}
	side := "Executives"
	if widest < 0 {
		side = "Non-executives"
	}
	name := elementTitle(v, key)
	return title(
		fmt.Sprintf("%s place us %s higher: %s", side, Levels(math.Abs(widest)), name),
		fmt.Sprintf("%s score higher: %s", side, name),
	)
}

// highest is the key of the element with the highest score, the first of equals.
func highest(elements []Element) string {
	key, most := "", 0.0
	for _, e := range elements {
		if e.Score != nil && *e.Score > most {
			key, most = e.Key, *e.Score
		}
	}
	return key
}

func elementScore(r Result, key string) float64 {
	for _, e := range r.Elements {
		if e.Key == key && e.Score != nil {
			return *e.Score
		}
	}
	return 0
}
