package register

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"sync"
	"time"
)

//go:embed content/*.csv
var content embed.FS

// types are the types of trust there are.
var types = []string{
	"Acute", "Acute and community", "Ambulance", "Community", "Mental health", "Mental health and community", "Specialist",
}

// Types lists the types of trust that there are to choose from.
func Types() []string { return slices.Clone(types) }

// Type is what type a trust is from a day on, and who says so.
type Type struct {
	Code   string
	Type   string
	From   time.Time // zero: since it opened
	Source string
}

// Region is a region of NHS England, or one it had before.
type Region struct {
	Code string
	Name string
}

// ICB is an integrated care board.
type ICB struct {
	Code   string
	Name   string
	Region string
	Opened time.Time
	Closed time.Time // its last day; zero while it is open
}

// Tables are Octant's own small tables of what the published files leave out.
type Tables struct {
	Types   map[string][]Type // by code, oldest first
	Regions []Region
	ICBs    []ICB
}

// Own gives the tables. They are read once and shared, so that nobody may change
// them.
func Own() (*Tables, error) { return own() }

var own = sync.OnceValues(func() (*Tables, error) {
	t := &Tables{Types: map[string][]Type{}}
	err := rows("types", 4, func(r []string) error {
		from, err := optionalDay(r[2])
		if err == nil && (!IsCode(r[0]) || !slices.Contains(types, r[1]) || r[3] == "") {
			err = fmt.Errorf("%q is no type of a trust", r)
		}
		t.Types[r[0]] = append(t.Types[r[0]], Type{r[0], r[1], from, "Octant’s table: " + r[3]})
		return err
	})
	if err != nil {
		return nil, err
	}
	err = rows("regions", 2, func(r []string) error {
		t.Regions = append(t.Regions, Region{r[0], r[1]})
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = rows("icbs", 5, func(r []string) (err error) {
		b := ICB{Code: r[0], Name: r[1], Region: r[2]}
		if b.Opened, err = time.Parse(time.DateOnly, r[3]); err != nil {
			return err
		}
		b.Closed, err = optionalDay(r[4])
		t.ICBs = append(t.ICBs, b)
		return err
	})
	return t, err
})

// rows reads one of the tables, without its heading.
func rows(table string, columns int, take func([]string) error) error {
	text, err := content.ReadFile("content/" + table + ".csv")
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = columns
	all, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("register: %s: %w", table, err)
	}
	for i, row := range all[1:] {
		if err := take(row); err != nil {
			return fmt.Errorf("register: %s: line %d: %w", table, i+2, err)
		}
	}
	return nil
}

func optionalDay(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, s)
}
