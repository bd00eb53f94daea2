package register

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"time"
)

// ErrFuture means that a file is said to be of a day that has not come.
var ErrFuture = errors.New("register: the file cannot be as at a day that has not come")

// Known is what the register holds.
type Known struct {
	Organisations map[string]Organisation
	Successions   map[[2]string]Succession // by both codes
	Typed         map[string]bool          // codes that have a type
	Files         []time.Time              // days of the files applied so far, in order, each once
}

// AsAt is the first day on which all that a file says already holds, as far as
// its own dates tell, and no later than today: files carry no date themselves.
func (f TrustFile) AsAt(today time.Time) time.Time {
	var last time.Time
	for _, t := range f.Trusts {
		for _, d := range []time.Time{t.Opened, dayAfterOf(t.Closed)} {
			if d.After(last) && !d.After(today) {
				last = d
			}
		}
	}
	if last.IsZero() {
		return today
	}
	return last
}

func dayAfterOf(d time.Time) time.Time {
	if d.IsZero() {
		return d
	}
	return dayAfter(d)
}

// Diff says how the files differ from what is known. successors may be nil.
func Diff(known Known, trusts TrustFile, successors *SuccessorFile, asAt, today time.Time) (Plan, error) {
	tables, err := Own()
	if err != nil {
		return Plan{}, err
	}
	if asAt.After(today) {
		return Plan{}, ErrFuture
	}
	d := differ{known: known, asAt: asAt, plan: Plan{AsAt: asAt, Refused: slices.Clone(trusts.Refused)}, tables: tables, next: map[string]Organisation{}}
	for _, t := range trusts.Trusts {
		d.take(t)
	}
	d.follow(successors)
	d.date()
	d.compare()
	d.notice(trusts)
	d.plan.State = d.state()
	return d.plan, nil
}

// differ works out one plan.
type differ struct {
	known  Known
	asAt   time.Time
	tables *Tables
	plan   Plan
	next   map[string]Organisation // what the file names, as it will be
	after  map[[2]string]Succession
}

// take puts one line of the file onto what is known of its code. When it opened
// and closed is what the newest file says.
func (d *differ) take(t Trust) {
	o := d.known.Organisations[t.Code]
	if !o.Seen.After(d.asAt) {
		o.Opened, o.Closed, o.Seen = t.Opened, t.Closed, d.asAt
	}
	o.Code = t.Code
	o.Names = observe(o.Names, t.Name, d.asAt, d.known.Files)
	o.Places = observe(o.Places, t.Place, d.asAt, d.known.Files)
	d.next[t.Code] = o
}

// organisation is the code as it will be, or as it is known.
func (d *differ) organisation(code string) (Organisation, bool) {
	if o, ok := d.next[code]; ok {
		return o, true
	}
	o, ok := d.known.Organisations[code]
	return o, ok
}

// follow puts the file's successions beside the known ones and says of each that
// is published what kind it is. None ends because a file leaves it out.
func (d *differ) follow(file *SuccessorFile) {
	d.after = maps.Clone(d.known.Successions)
	if d.after == nil {
		d.after = map[[2]string]Succession{}
	}
	if file != nil {
		d.plan.Others = file.Others
		d.plan.Refused = append(d.plan.Refused, file.Refused...)
		for _, s := range file.Successors {
			if !d.ofTrusts(s) {
				d.plan.Others++
				continue
			}
			pair := [2]string{s.From, s.To}
			d.after[pair] = Succession{From: s.From, To: s.To, On: s.On, Source: ODS, Note: d.after[pair].Note}
		}
	}
	heirs, origins := map[end]int{}, map[end]int{}
	for _, s := range d.after {
		heirs[end{s.From, s.On}]++
		origins[end{s.To, s.On}]++
	}
	for pair, s := range d.after {
		if s.Source == ODS {
			s.Kind = d.kind(s, heirs[end{s.From, s.On}], origins[end{s.To, s.On}])
			d.after[pair] = s
		}
		if old, was := d.known.Successions[pair]; !was {
			d.plan.Followed = append(d.plan.Followed, Following{Succession: s})
		} else if old != s {
			d.plan.Followed = append(d.plan.Followed, Following{s, &old})
		}
	}
	slices.SortFunc(d.plan.Followed, func(a, b Following) int {
		return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.To, b.To), cmp.Compare(a.From, b.From))
	})
}

// end is one end of successions of one day.
type end struct {
	code string
	on   time.Time
}

// ofTrusts says whether a succession is one of trusts. Where both codes have the
// shape that other organisations have too, one of them has to be known.
func (d *differ) ofTrusts(s Successor) bool {
	if oldShape.MatchString(s.From) || oldShape.MatchString(s.To) {
		return true
	}
	_, from := d.organisation(s.From)
	_, to := d.organisation(s.To)
	return from || to
}

// kind is how a published succession came about, told by how many codes ended and
// began on its day: the files do not say.
func (d *differ) kind(s Succession, heirs, origins int) Kind {
	to, known := d.organisation(s.To)
	isNew := known && !to.Opened.Before(s.On)
	switch {
	case heirs > 1:
		return Split
	case origins > 1 && (isNew || !known):
		return Merger
	case isNew:
		return Rename
	}
	return Acquisition
}

// date gives every spell its dates, for what is in the file and for whoever
// followed somebody anew.
func (d *differ) date() {
	into := map[string][]time.Time{}
	for _, s := range d.after {
		into[s.To] = append(into[s.To], s.On)
	}
	for _, f := range d.plan.Followed {
		if o, ok := d.organisation(f.To); ok {
			d.next[f.To] = o
		}
	}
	for code, o := range d.next {
		d.next[code] = o.dated(into[code], withDay(d.known.Files, d.asAt), d.tables)
	}
}

// dated gives the organisation's spells their dates. turns are the days on which
// it followed somebody: the likeliest for a new name.
func (o Organisation) dated(turns, files []time.Time, tables *Tables) Organisation {
	o.Names = dated(o.Names, o.Opened, o.Closed, files, func(string, string) []time.Time { return turns })
	o.Places = dated(o.Places, o.Opened, o.Closed, files, func(old, now Place) []time.Time { return tables.handedOver(old.ICB, now.ICB) })
	return o
}

// handedOver is the day on which one board took the place of another, if it did.
func (t *Tables) handedOver(old, now string) []time.Time {
	var ended, began time.Time
	for _, b := range t.ICBs {
		switch {
		case b.Code == old && !b.Closed.IsZero():
			ended = dayAfter(b.Closed)
		case b.Code == now:
			began = b.Opened
		}
	}
	if ended.IsZero() || began.After(ended) {
		return nil
	}
	return []time.Time{ended}
}

// compare says what changes.
func (d *differ) compare() {
	p := &d.plan
	for _, code := range slices.Sorted(maps.Keys(d.next)) {
		o := d.next[code]
		old, was := d.known.Organisations[code]
		if !d.known.Typed[code] {
			p.Types = append(p.Types, typesOf(o, d.tables)...)
		}
		if !was {
			p.New = append(p.New, o)
			continue
		}
		p.compareDates(old, o)
		p.Renamed = append(p.Renamed, changes(o, old.Names, o.Names)...)
		p.Moved = append(p.Moved, changes(o, old.Places, o.Places)...)
	}
}

func (p *Plan) compareDates(old, o Organisation) {
	r := Redating{o.Code, o.Name(), old.Opened, o.Opened, old.Closed, o.Closed}
	switch {
	case old.Closed.IsZero() && !o.Closed.IsZero():
		p.Closed = append(p.Closed, r)
	case !old.Closed.IsZero() && o.Closed.IsZero():
		p.Reopened = append(p.Reopened, r)
	case !old.Closed.Equal(o.Closed):
		p.Corrected = append(p.Corrected, r)
		return
	}
	if !old.Opened.Equal(o.Opened) {
		p.Corrected = append(p.Corrected, r)
	}
}

// changes are the turns from one spell to the next that were not known.
func changes[T comparable](o Organisation, old, now []Spell[T]) []Change[T] {
	same := func(a, b Spell[T]) bool { return a.Value == b.Value }
	if slices.EqualFunc(old, now, func(a, b Spell[T]) bool { return same(a, b) && a.From.Equal(b.From) }) {
		return nil
	}
	turn := func(before, after Spell[T]) Change[T] {
		c := Change[T]{Code: o.Code, Name: o.Name(), Old: before.Value, New: after.Value, On: after.From}
		if after.From.Equal(after.SeenFrom) {
			c.After = before.SeenTo
		}
		return c
	}
	before := map[Change[T]]bool{}
	for i := 1; i < len(old); i++ {
		c := turn(old[i-1], old[i])
		c.Name, c.After = "", time.Time{}
		before[c] = true
	}
	var found []Change[T]
	for i := 1; i < len(now); i++ {
		c := turn(now[i-1], now[i])
		bare := c
		bare.Name, bare.After = "", time.Time{}
		if !before[bare] {
			found = append(found, c)
		}
	}
	if len(found) == 0 && len(old) > 0 && len(now) > 0 && !slices.EqualFunc(old, now, same) {
		found = append(found, turn(old[len(old)-1], now[len(now)-1]))
	}
	return found
}

// typesOf are an organisation's types in Octant's own table.
func typesOf(o Organisation, tables *Tables) []Type {
	var found []Type
	for _, t := range tables.Types[o.Code] {
		if t.From.Before(o.Opened) {
			t.From = o.Opened
			found = nil // what it was before it opened it never was
		}
		found = append(found, t)
	}
	return found
}

// notice finds what a person should look at.
func (d *differ) notice(file TrustFile) {
	newest := len(d.known.Files) == 0 || !d.asAt.Before(d.known.Files[len(d.known.Files)-1])
	followed := map[string]bool{}
	for _, s := range d.after {
		followed[s.From] = true
	}
	codes := map[string]bool{}
	for _, t := range file.Trusts {
		codes[t.Code] = true
	}
	for _, code := range slices.Sorted(maps.Keys(d.all())) {
		o, _ := d.organisation(code)
		if newest && o.OpenOn(d.asAt) && !codes[code] {
			d.plan.Missing = append(d.plan.Missing, o)
		}
		if !o.Closed.IsZero() && !followed[code] {
			d.plan.Orphans = append(d.plan.Orphans, o)
		}
	}
	known := map[string]bool{"": true}
	for _, r := range d.tables.Regions {
		known[r.Code] = true
	}
	for _, b := range d.tables.ICBs {
		known[b.Code] = true
	}
	strange := map[string]bool{}
	for _, t := range file.Trusts {
		for _, code := range []string{t.Place.Region, t.Place.ICB} {
			if !known[code] {
				strange[code] = true
			}
		}
	}
	d.plan.Strange = slices.Sorted(maps.Keys(strange))
}

func (d *differ) all() map[string]bool {
	all := map[string]bool{}
	for code := range d.known.Organisations {
		all[code] = true
	}
	for code := range d.next {
		all[code] = true
	}
	return all
}

func (d *differ) state() []Organisation {
	var state []Organisation
	for _, code := range slices.Sorted(maps.Keys(d.next)) {
		state = append(state, d.next[code])
	}
	return state
}
