package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"octant/internal/register"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

func TestSearchFindsNamesOldNamesAndCodes(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	importAll(t, db)
	for query, want := range map[string]string{
		"mere":                       "D3M0X",
		"northmere":                  "R9K",
		"r9n":                        "R9N",
		"R9":                         "R9R R9Q R9P R9N R9S R9K R9L",
		"old name":                   "R9R",
		"hospitals marsh":            "R9R",
		"kings":                      "R9Q",
		"King's Marsh":               "R9Q",
		"king’s mar":                 "R9Q",
		"marsh":                      "R9R R9Q",
		"nhs":                        "R9R R9Q R9P D3M0X R9S R9N R9K R9L",
		"foundation trust":           "R9P D3M0X",
		"":                           "R9R R9Q R9P R9S D3M0X R9N R9K R9L",
		"%":                          "",
		"ortham":                     "",
		"mere' OR 1=1":               "",
		"\x00":                       "",
		strings.Repeat("word ", 400): "",
	} {
		list, more, err := db.SearchRegister(t.Context(), query, 1, day(2026, 10, 5))
		if err != nil || more {
			t.Errorf("%q: %v, more %v", query, err, more)
		}
		var codes []string
		for _, f := range list {
			codes = append(codes, f.Code)
		}
		slices.Sort(codes)
		wanted := strings.Fields(want)
		slices.Sort(wanted)
		if !slices.Equal(codes, wanted) {
			t.Errorf("%.20q finds %v, want %v", query, codes, wanted)
		}
	}
	list, _, err := db.SearchRegister(t.Context(), "old name", 1, day(2026, 10, 5))
	if err != nil || len(list) != 1 || !slices.Equal(list[0].Earlier, []string{"OLD NAME HOSPITALS NHS TRUST"}) || list[0].Place.ICB != "D7T5G" || list[0].Place.RegionName != "East of England" {
		t.Errorf("found %+v, %v", list, err)
	}
	if list, _, err := db.SearchRegister(t.Context(), "nhs", 2, day(2026, 10, 5)); err != nil || len(list) != 0 {
		t.Errorf("a second page %v, %v", list, err)
	}
}

func TestLineageAndPlacesAt(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by := importAll(t, db)
	l, err := db.Lineage(t.Context(), "R9N")
	if err != nil || len(l.Before) != 0 || !slices.Equal(l.Heirs(), []string{"R9P", "R9Q"}) || l.After[0].Kind != register.Split || l.Names["R9Q"] != "KING'S MARSH NHS TRUST" {
		t.Errorf("%+v, %v", l, err)
	}
	if l, err := db.Lineage(t.Context(), "D3M0X"); err != nil || len(l.Before) != 2 || l.Before[0].Kind != register.Merger {
		t.Errorf("%+v, %v", l, err)
	}
	if l, err := db.Lineage(t.Context(), "NONE"); err != nil || len(l.Before)+len(l.After) != 0 {
		t.Errorf("%+v, %v", l, err)
	}
	if err := db.SetType(t.Context(), by, register.Type{Code: "R9R", Type: "Acute", From: day(2020, 1, 1), Source: "annual report"}, storetest.Now); err != nil {
		t.Fatal(err)
	}
	codes := []string{"R9R", "D3M0X", "NONE"}
	before, err := db.PlacesAt(t.Context(), codes, day(2024, 9, 30))
	if want := (store.PlaceAt{Region: "Y61", RegionName: "East of England", ICB: "QH8", ICBName: "NHS Mid and South Essex Integrated Care Board", Type: "Acute"}); err != nil || len(before) != 1 || before["R9R"] != want {
		t.Errorf("%+v, %v", before, err)
	}
	after, err := db.PlacesAt(t.Context(), codes, day(2026, 4, 1))
	if err != nil || len(after) != 2 || after["R9R"].ICB != "D7T5G" || after["D3M0X"].ICB != "D7T5G" || after["D3M0X"].Type != "" {
		t.Errorf("%+v, %v", after, err)
	}
}

// TestDemonstrationHasARegister: of its own trusts, filled once.
func TestDemonstrationHasARegister(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	for range 2 {
		if err := db.FillDemo(t.Context(), storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	list, more, err := db.SearchRegister(t.Context(), "", 1, day(2026, 10, 5))
	if err != nil || more || len(list) < 7 {
		t.Fatalf("%d organisations, %v", len(list), err)
	}
	trusts, err := db.AllTrusts(t.Context(), store.Operator)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range trusts {
		e, err := db.RegisterEntry(t.Context(), x.ODS)
		if err != nil || register.Title(e.Name()) != x.Name || len(e.Types) != 1 || e.Types[0].Type != x.Kind || e.ICBs[e.Place().ICB].Name == "" {
			t.Errorf("%s: %+v, %v", x.ODS, e, err)
		}
	}
	if l, err := db.Lineage(t.Context(), "R9A"); err != nil || len(l.Before) != 2 || len(l.Before[0].Beside) != 1 {
		t.Errorf("%+v, %v", l, err)
	}
}

// BenchmarkSearchRegister looks in a register of 20,000 names for what is rare,
// what is common, an old name's beginning and nothing.
func BenchmarkSearchRegister(b *testing.B) {
	db := storetest.New(b)
	words := []string{"NORTH", "SOUTH", "EAST", "WEST", "MERE", "VALE", "COUNTY", "ROYAL", "UNIVERSITY", "COMMUNITY", "MARSH", "FOREST", "HILL"}
	var f register.TrustFile
	for i := range 20_000 {
		code := fmt.Sprintf("%c%d%c%d%c", 'A'+i%26, i/26%10, 'A'+i/260%26, i/6760%10, 'A'+i%7)
		name := fmt.Sprintf("%s %s PLACE%05d HOSPITALS NHS FOUNDATION TRUST", words[i%13], words[i/13%13], i)
		f.Trusts = append(f.Trusts, register.Trust{Line: i + 1, Code: code, Name: name, Place: register.Place{Region: "Y61", ICB: "QH8"}, Opened: day(2001, 4, 1)})
	}
	apply(b, db, store.Operator, store.Import{Trusts: f, AsAt: day(2026, 7, 8)})
	for name, query := range map[string]string{"rare": "place12345", "common": "university", "two": "royal marsh", "all": "hospitals", "code": "B4C", "nothing": "zzz", "empty": ""} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := db.SearchRegister(b.Context(), query, 1, day(2026, 10, 5)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
