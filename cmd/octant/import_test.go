package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/web/e2e/program"
)

func fileOf(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const (
	trustRow = `"R9K","NORTHMERE NHS TRUST","Y61","QH8","1 HIGH STREET","","","TOWN","","AB1 2CD","20010401","","","","","","","","","","","0","","G","","",""` + "\r\n"
	// In the layout that files had until 2020.
	oldRow     = `R9L,KING'S MERE NHS TRUST,Y55,Q77,2 HIGH STREET,,,TOWN,SHIRE,AB1 2CD,20010401,20240930,,,,,,,,,,0,,G` + "\r\n"
	brokenRow  = `"R9M","NO DATE NHS TRUST","Y61","QH8","","","","TOWN","","AB1 2CD","2001","","","","","","","","","","","0","","G","","",""` + "\r\n"
	followsRow = `"R9L","R9K","","20241001","0"` + "\r\n" + `"001","016","","19960401","0"` + "\r\n"
)

// TestImportTrusts: the difference is told, nothing is changed without --apply,
// and a second run finds nothing to do.
func TestImportTrusts(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	environ := []string{"DATABASE_URL=" + storetest.AppURL(t, db), "OCTANT_DATA=" + program.DataFolder(t)}
	trusts, successors := fileOf(t, "etr.csv", trustRow+oldRow), fileOf(t, "succ.csv", followsRow)
	args := []string{"import", "trusts", trusts, "--successors", successors}
	command(t, environ, args...).wants(t, 0,
		"etr.csv: 2 trusts, as at 1 October 2024, the first day on which all that it says already holds",
		"succ.csv: 1 successions of trusts; 1 lines are about other organisations.",
		"New (2)", "R9L    King’s Mere NHS Trust: opened 1 April 2001, closed 30 September 2024, Y55 Q77",
		"R9L   → R9K    acquisition, 1 October 2024", "boards that Octant’s table does not have: Q77", "Nothing was changed.")
	if _, err := db.RegisterEntry(t.Context(), "R9K"); err == nil {
		t.Fatal("without --apply the trust is there")
	}
	command(t, environ, append(args, "--apply")...).wants(t, 0, "New (2)", "Applied.")
	e, err := db.RegisterEntry(t.Context(), "R9K")
	if err != nil || e.Name() != "NORTHMERE NHS TRUST" || len(e.Lineage.Before) != 1 {
		t.Errorf("%+v, %v", e, err)
	}
	imports, err := db.Imports(t.Context(), store.Operator)
	if err != nil || len(imports) != 1 || imports[0].AppliedBy != "a command on the server" {
		t.Errorf("%+v, %v", imports, err)
	}
	command(t, environ, args...).wants(t, 0, "applied before", "There is nothing to do.")
	command(t, environ, append(args, "--apply")...).wants(t, 0, "There was nothing to do.")
	renamed := fileOf(t, "new.csv", strings.ReplaceAll(trustRow, "NORTHMERE NHS", "NORTHMERE UNIVERSITY NHS"))
	command(t, environ, "import", "trusts", renamed, "--as-at", "2026-07-08", "--apply").wants(t, 0,
		"Renamed (1)", "Northmere NHS Trust → Northmere University NHS Trust, between 1 October 2024 and 8 July 2026", "Applied.")
}

// TestImportRefuses: what cannot be taken is told with its line, and only that is
// left out.
func TestImportRefuses(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	environ := []string{"DATABASE_URL=" + storetest.AppURL(t, db), "OCTANT_DATA=" + program.DataFolder(t)}
	got := command(t, environ, "import", "trusts", fileOf(t, "etr.csv", trustRow+brokenRow), "--apply")
	got.wants(t, 1, `etr.csv:2: column 11: "2001" is not a date`, "Lines refused: 1", "Applied. The lines that were refused were left out.")
	if _, err := db.RegisterEntry(t.Context(), "R9K"); err != nil {
		t.Error(err)
	}
	command(t, environ, "import", "trusts", fileOf(t, "x.csv", "some,other,file\n")).wants(t, 1, "it is not an ODS trust file")
	command(t, environ, "import", "trusts", "no-such-file.csv").wants(t, 1, "no-such-file.csv")
	command(t, environ, "import", "trusts", fileOf(t, "etr.csv", trustRow), "--successors", fileOf(t, "s.csv", "x")).wants(t, 1, "it is not an ODS successor file")
	command(t, environ, "import", "trusts", fileOf(t, "etr.csv", trustRow), "--as-at", "2999-01-01").wants(t, 1, "--as-at must not be a day to come")
	command(t, environ, "import", "trusts", "etr.csv", "--as-at", "yesterday").wants(t, 2, "must be a date such as")
	command(t, environ, "import", "trusts").wants(t, 2)
	command(t, environ, "import").wants(t, 2)
}
