package maturity

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"octant/internal/questionnaire"
)

// Category is what a group is of: a code with its name.
type Category struct{ Code, Name string }

// Entrant is one trust's latest closed round, to be counted in an edition.
type Entrant struct {
	ODS           string
	Round         string
	Questionnaire string
	Form          string
	Type          Category // the zero category where it is not known
	Region        Category
	ICB           Category
	Elements      []Element
	Moments       []Moment
}

// Census makes an edition of entrants that come one after the other. Of each it
// keeps which groups it is in, a few dozen bytes; the rest goes into counts whose
// size does not depend on how many there are.
type Census struct {
	window Window
	past   []Past
	known  Known
	parts  map[[2]string]*countedPart
}

// Known is what readers know of trusts' scores besides, whether or not these are
// counted: who knew a score once knows it still.
type Known struct {
	Public  []string   // trusts that show theirs to everybody
	Circles [][]string // trusts that show theirs to each other
}

// countedPart is what a census has of one questionnaire and form.
type countedPart struct {
	counted []Counted
	groups  map[GroupKey]*countedGroup
	spreads map[string]*spread // by element
}

type countedGroup struct {
	name   string
	scores map[string]*scoreCounts // by element
}

// NewCensus begins an edition of the rounds that closed in the window, beside
// the editions that were made before, oldest first.
func NewCensus(window Window, past []Past, known Known) *Census {
	return &Census{window: window, past: past, known: known, parts: map[[2]string]*countedPart{}}
}

// Add counts one trust. Each may come once.
func (c *Census) Add(e Entrant) {
	counted := Counted{
		ODS: e.ODS, Round: e.Round, Questionnaire: e.Questionnaire, Form: e.Form,
		Type: e.Type.Code, Region: e.Region.Code, ICB: e.ICB.Code,
	}
	key := [2]string{e.Questionnaire, e.Form}
	p := c.parts[key]
	if p == nil {
		p = &countedPart{groups: map[GroupKey]*countedGroup{}, spreads: map[string]*spread{}}
		c.parts[key] = p
	}
	groups := p.groupsOf(e)
	for i := range e.Elements {
		el := &e.Elements[i]
		if el.Score == nil || el.Hidden != "" {
			continue
		}
		counted.Elements = append(counted.Elements, el.Key)
		for _, g := range groups {
			if g.scores[el.Key] == nil {
				g.scores[el.Key] = new(scoreCounts)
			}
			g.scores[el.Key][slot(*el.Score)]++
		}
	}
	for _, m := range e.Moments {
		if p.spreads[m.Element] == nil {
			p.spreads[m.Element] = new(spread)
		}
		p.spreads[m.Element].add(m)
	}
	p.counted = append(p.counted, counted)
}

// groupsOf are the groups that a trust is in.
func (p *countedPart) groupsOf(e Entrant) []*countedGroup {
	var groups []*countedGroup
	for kind, of := range map[GroupKind]Category{AllTrusts: {}, SameType: e.Type, SameArea: e.Region, SameBoard: e.ICB} {
		if kind != AllTrusts && of.Code == "" {
			continue
		}
		key := GroupKey{kind, of.Code}
		if p.groups[key] == nil {
			p.groups[key] = &countedGroup{name: of.Name, scores: map[string]*scoreCounts{}}
		}
		groups = append(groups, p.groups[key])
	}
	return groups
}

// Edition makes the edition of all that were added. It says ErrTooFewTrusts or
// ErrNothingNew where nothing could be shown.
func (c *Census) Edition(number int, made time.Time) (Edition, Basis, error) {
	e := Edition{Schema: EditionSchema, Number: number, Made: made.UTC().Truncate(time.Second), Window: c.window, Rules: rulesNow(), Parts: []Part{}}
	var b Basis
	few := true
	for _, key := range slices.SortedFunc(maps.Keys(c.parts), func(x, y [2]string) int { return slices.Compare(x[:], y[:]) }) {
		p := c.parts[key]
		b.Counted = append(b.Counted, p.counted...)
		part := c.part(key[0], key[1], p)
		if len(part.Groups) > 0 {
			few = false
		}
		if part.tells() {
			e.Parts = append(e.Parts, part)
		}
	}
	slices.SortFunc(b.Counted, func(x, y Counted) int { return cmp.Compare(x.ODS, y.ODS) })
	switch {
	case few:
		return Edition{}, Basis{}, ErrTooFewTrusts
	case len(e.Parts) == 0:
		return Edition{}, Basis{}, ErrNothingNew
	}
	return e, b, nil
}

// tells says whether anything of the part can be shown.
func (p Part) tells() bool {
	for _, r := range p.Reliability {
		if r.ICC2 != nil {
			return true
		}
	}
	return slices.ContainsFunc(p.Groups, func(g Group) bool { return slices.ContainsFunc(g.Bands, Band.Shown) })
}

// part decides, element by element, what is told of one questionnaire and form.
func (c *Census) part(name, form string, p *countedPart) Part {
	part := Part{Questionnaire: name, Form: form, Reliability: []Reliability{}, Groups: []Group{}}
	r := newRoll()
	for i := range c.past {
		for j := range c.past[i].Basis.Counted {
			r.add(&c.past[i].Basis.Counted[j])
		}
	}
	for i := range p.counted {
		r.add(&p.counted[i])
	}
	bands := make(map[GroupKey][]Band)
	for _, element := range elementKeys(name, p) {
		g := newWarden(r, c.known, c.earlier(r, name, form, element))
		reliable := p.decide(g, r, element, bands)
		part.Reliability = append(part.Reliability, reliable)
	}
	for _, key := range p.order() {
		if len(bands[key]) > 0 && slices.ContainsFunc(bands[key], func(b Band) bool { return b.Hidden != TooFewTrusts }) {
			part.Groups = append(part.Groups, Group{GroupKey: key, Name: p.groups[key].name, Bands: bands[key]})
		}
	}
	return part
}

// elementKeys are the elements of a questionnaire in its order; those that were
// scored where this program does not have it.
func elementKeys(name string, p *countedPart) []string {
	var keys []string
	if v, err := questionnaire.Load(name); err == nil {
		for i := range v.Elements {
			keys = append(keys, v.Elements[i].Key)
		}
		return keys
	}
	for i := range p.counted {
		keys = append(keys, p.counted[i].Elements...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// earlier are the sets that earlier editions published of the element.
func (c *Census) earlier(r *roll, name, form, element string) []published {
	var out []published
	for i := range c.past {
		p := &c.past[i]
		part, ok := p.Edition.Part(name, form)
		if !ok {
			continue
		}
		put := func(key GroupKey) {
			m := r.gather(p.Basis.Counted, func(x *Counted) bool {
				return x.Questionnaire == name && x.Form == form && x.in(key) && slices.Contains(x.Elements, element)
			})
			out = append(out, published{m, r.trustsOf(m), key, p.Edition.Number})
		}
		for _, g := range part.Groups {
			if g.Band(element).Shown() {
				put(g.GroupKey)
			}
		}
		for _, reliable := range part.Reliability {
			if reliable.Element == element && reliable.ICC2 != nil {
				put(GroupKey{Kind: AllTrusts})
			}
		}
	}
	return out
}

// order is the groups from the widest kind to the narrowest, of one kind the
// largest first: where two cannot stand beside each other, the smaller gives way.
func (p *countedPart) order() []GroupKey {
	size := make(map[GroupKey]int, len(p.groups))
	for i := range p.counted {
		x := &p.counted[i]
		size[GroupKey{Kind: AllTrusts}]++
		size[GroupKey{SameType, x.Type}]++
		size[GroupKey{SameArea, x.Region}]++
		size[GroupKey{SameBoard, x.ICB}]++
	}
	kinds := GroupKinds()
	return slices.SortedFunc(maps.Keys(p.groups), func(a, b GroupKey) int {
		return cmp.Or(slices.Index(kinds, a.Kind)-slices.Index(kinds, b.Kind), size[b]-size[a], cmp.Compare(a.Code, b.Code))
	})
}

// decide fills in every group's band of one element, and says how reliable the
// element's scores are.
func (p *countedPart) decide(g *warden, r *roll, element string, bands map[GroupKey][]Band) Reliability {
	reliable, icc2, known := p.reliability(g, r, element)
	for _, key := range p.order() {
		m := p.scored(r, key, element)
		band := Band{Element: element}
		scores := p.groups[key].scores[element]
		switch {
		case !g.enough(m):
			band.Hidden = TooFewTrusts
		case !known:
			band.Hidden = UnknownICC
		case icc2 < MinICC2:
			band.Hidden = AlikeTrusts
		case scores.shift() > MaxShift+tiny:
			band.Hidden = OneTrust
		default:
			band.Hidden, band.Since = g.refuses(key, m)
		}
		if band.Hidden == "" {
			q := scores.quartiles()
			band.Trusts = new(m.count())
			band.Low, band.Middle, band.High = new(tenth(q[0])), new(tenth(q[1])), new(tenth(q[2]))
		}
		bands[key] = append(bands[key], band)
	}
	return reliable
}

// scored is a group's rounds that have a score in the element.
func (p *countedPart) scored(r *roll, key GroupKey, element string) members {
	return r.gather(p.counted, func(x *Counted) bool { return x.in(key) && slices.Contains(x.Elements, element) })
}

// reliability is told where all trusts together could be: it is made of them.
func (p *countedPart) reliability(g *warden, r *roll, element string) (reliable Reliability, icc2 float64, known bool) {
	reliable = Reliability{Element: element}
	s := p.spreads[element]
	if s == nil || s.trusts < MinTrusts {
		reliable.Hidden = UnknownICC
		return reliable, 0, false
	}
	icc1, icc2, known := s.icc()
	all := p.scored(r, GroupKey{Kind: AllTrusts}, element)
	switch {
	case !known:
		reliable.Hidden = UnknownICC
	case !g.enough(all):
		reliable.Hidden = TooFewTrusts
	default:
		reliable.Hidden, _ = g.refuses(GroupKey{Kind: AllTrusts}, all)
	}
	if reliable.Hidden == "" {
		reliable.Trusts, reliable.People = new(s.trusts), new(tenth(float64(s.people)/float64(s.trusts)))
		reliable.ICC1, reliable.ICC2 = new(told(icc1)), new(told(icc2))
	}
	return reliable, icc2, known
}
