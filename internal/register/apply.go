package register

import (
	"maps"
	"slices"
	"time"
)

// Apply is what is known once the plan is applied. What was known stays as it
// was.
func (p Plan) Apply(known Known) Known {
	after := Known{
		Organisations: maps.Clone(known.Organisations), Successions: maps.Clone(known.Successions),
		Typed: maps.Clone(known.Typed),
	}
	if after.Organisations == nil {
		after.Organisations = map[string]Organisation{}
	}
	if after.Successions == nil {
		after.Successions = map[[2]string]Succession{}
	}
	if after.Typed == nil {
		after.Typed = map[string]bool{}
	}
	for _, o := range p.State {
		after.Organisations[o.Code] = o
	}
	for _, f := range p.Followed {
		after.Successions[[2]string{f.From, f.To}] = f.Succession
	}
	for _, t := range p.Types {
		after.Typed[t.Code] = true
	}
	after.Files = withDay(known.Files, p.AsAt)
	return after
}

// withDay is the days with one more, in order, each once.
func withDay(days []time.Time, day time.Time) []time.Time {
	i, there := slices.BinarySearchFunc(days, day, time.Time.Compare)
	if there {
		return days
	}
	return slices.Insert(slices.Clone(days), i, day)
}

// Redated is an organisation with the dates that follow from the known
// successions, after one of them was made or removed by hand.
func (k Known) Redated(code string) (o Organisation, known bool, err error) {
	o, known = k.Organisations[code]
	tables, err := Own()
	if !known || err != nil {
		return o, known, err
	}
	var turns []time.Time
	for _, s := range k.Successions {
		if s.To == code {
			turns = append(turns, s.On)
		}
	}
	return o.dated(turns, k.Files, tables), true, nil
}
