package page_test

import (
	"testing"
	"time"

	"github.com/a-h/templ"

	"octant/web/nhsuk"
	"octant/web/page"
)

func adminField(name, wrong string) nhsuk.Field {
	return nhsuk.Field{Name: name, Label: "The " + name, Value: long, Error: wrong}
}

// adminScreens are the pages of administration and of the record.
func adminScreens() map[string]templ.Component {
	cards := []page.TrustCard{{Name: long, ODS: "RXX", Kind: "Acute", Href: "/admin/trusts/RXX"}, {Name: "B", ODS: "RYY", Href: "/admin/trusts/RYY"}}
	made := page.NewTrustView{Frame: frame(), Code: adminField("code", ""), Name: adminField("name", ""), Kind: adminField("kind", ""), Lead: adminField("lead", ""), Email: adminField("email", "")}
	wrong := made
	wrong.Code.Error, wrong.Name.Error, wrong.Kind.Error, wrong.Lead.Error, wrong.Email.Error = "1", "2", "3", "4", "5"
	listed := page.ListedTrustView{
		Frame: frame(), Code: "RXX", Title: long, Path: "/admin/trusts/RXX", Notice: "Done", Name: adminField("name", ""), Kind: adminField("kind", ""), Lead: adminField("lead", ""), Email: adminField("email", ""),
		Leads: []page.LeadRow{{Person: "1", Name: long, Email: "a@example.org", From: noon}, {Person: "2", Name: "Bo", From: noon, Until: noon.AddDate(1, 0, 0)}},
	}
	find := page.FindView{Frame: frame(), Email: adminField("email", ""), Asked: "a@example.org", Name: adminField("name", "")}
	found := page.FoundPerson{Name: long, Roles: []page.FoundRole{{Trust: long, ODS: "RXX", Role: "Trust lead", From: noon}}}
	entries := []page.AuditRow{{Seq: 2, At: noon, Says: long, Holds: true}, {Seq: 1, At: noon.Add(-time.Hour), Says: "Octant did it"}}
	record := page.AuditView{Frame: frame(), Path: "/trusts/RXX/audit", Kind: adminField("kind", ""), Entries: entries, Seq: 2, Head: "00", Older: "/trusts/RXX/audit?before=1"}
	dpia, ropa := page.ImpactAssessment(settings()), page.ProcessingRecord(settings())
	return map[string]templ.Component{
		"admin": page.Admin(page.AdminView{Frame: frame(), Trusts: cards}), "admin, empty": page.Admin(page.AdminView{Frame: frame()}),
		"new trust": page.NewTrust(made), "new trust, wrong": page.NewTrust(wrong),
		"trust": page.ListedTrust(listed), "trust, wrong": page.ListedTrust(with(listed, func(v *page.ListedTrustView) { v.Error, v.Notice, v.Name.Error, v.Lead.Error = "No", "", "1", "2" })),
		"trust, nobody": page.ListedTrust(with(listed, func(v *page.ListedTrustView) { v.Leads = nil })),
		"find":          page.FindPerson(page.FindView{Frame: frame(), Email: adminField("email", ""), Notice: "Done"}),
		"find, wrong":   page.FindPerson(page.FindView{Frame: frame(), Email: adminField("email", "1")}),
		"find, nobody":  page.FindPerson(with(find, func(v *page.FindView) { v.Name.Error = "Enter a name" })),
		"found":         page.FindPerson(with(find, func(v *page.FindView) { v.Found = &found })),
		"found, admin":  page.FindPerson(with(find, func(v *page.FindView) { v.Found, v.Error = &page.FoundPerson{Name: "Bo", Admin: true}, "No" })),
		"found, self":   page.FindPerson(with(find, func(v *page.FindView) { v.Found = &page.FoundPerson{Name: "Bo", Admin: true, Self: true} })),
		"record":        page.Audit(record), "record, empty": page.Audit(page.AuditView{Frame: frame()}),
		"record, none":    page.Audit(with(record, func(v *page.AuditView) { v.Entries = nil })),
		"data protection": page.DataProtection(page.DataProtectionView{Frame: frame(), Path: "/trusts/RXX/data-protection", Documents: []page.Document{dpia, ropa}}),
		"assessment":      page.DataDocument(page.DocumentView{Frame: frame(), Document: dpia, Path: "/trusts/RXX/data-protection"}),
		"processing":      page.DataDocument(page.DocumentView{Frame: frame(), Document: ropa, Path: "/trusts/RXX/data-protection"}),
	}
}

func TestAdministrationScreensAreSound(t *testing.T) {
	t.Parallel()
	for name, screen := range adminScreens() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := read(t, screen)
			oneHeading(t, doc)
			headingsInOrder(t, doc)
			idsOnce(t, doc)
			linksLead(t, doc)
			nothingInline(t, doc)
			doc.Find("form[method=get]").SetAttr("method", "post") // the record's filter changes nothing
			namedControls(t, doc)
		})
	}
}

func TestRecordSaysWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	doc := read(t, adminScreens()["record"])
	if got := flat(doc.Find("tbody tr").Last().Find("td").Last().Text()); got != "What was done Does not fit Octant did it" {
		t.Errorf("an entry that does not fit is told as %q", got)
	}
	if got := flat(doc.Find("tbody tr").First().Find("td").First().Text()); got != "When 3 November 2026, 12:00" {
		t.Errorf("an entry's time is told as %q", got)
	}
	if doc.Find("a[rel=next]").Length() != 1 || doc.Find("a[rel=prev]").Length() != 0 {
		t.Error("it does not lead to older entries alone")
	}
}
