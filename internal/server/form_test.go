package server

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"octant/internal/assessment"
)

func TestAnswerFormNamesTheFieldAtFault(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", assessment.MaxComment+1)
	for name, c := range map[string]struct {
		body    string
		status  int
		field   string // which field carries the fault
		comment string // what is shown again
	}{
		"sound":             {"choice=3&comment=hello&revision=0", 0, "", "hello"},
		"choice off scale":  {"choice=9&comment=kept", http.StatusUnprocessableEntity, "choice", "kept"},
		"long comment":      {"choice=3&comment=" + long, http.StatusUnprocessableEntity, "comment", long},
		"long evidence":     {"choice=3&evidence=" + long, http.StatusUnprocessableEntity, "evidence", ""},
		"twice":             {"choice=3&choice=4&comment=kept", http.StatusBadRequest, "choice", "kept"},
		"comment twice":     {"choice=3&comment=one&comment=two", http.StatusBadRequest, "comment", "one"},
		"NUL":               {"choice=3&comment=a%00b", http.StatusBadRequest, "comment", "ab"},
		"not UTF-8":         {"choice=3&evidence=%ff%fe", http.StatusBadRequest, "evidence", ""},
		"bad escape":        {"choice=3&comment=50%&evidence=x", http.StatusBadRequest, "choice", ""},
		"negative revision": {"choice=3&revision=-1", http.StatusUnprocessableEntity, "choice", ""},
		"no revision":       {"choice=3&revision=soon&comment=kept", http.StatusUnprocessableEntity, "choice", "kept"},
		"line ends":         {"choice=3&comment=a%0D%0Ab", 0, "", "a\nb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := readAnswer(decodeForm(c.body), "1.1")
			if p.status != c.status {
				t.Errorf("status %d, want %d", p.status, c.status)
			}
			for field, says := range map[string]string{"choice": p.errors.Choice, "comment": p.errors.Comment, "evidence": p.errors.Evidence} {
				if (says != "") != (field == c.field) {
					t.Errorf("field %s says %q; the fault is in %q", field, says, c.field)
				}
			}
			if p.answer.Comment != c.comment {
				t.Errorf("comment given back is %.40q, want %.40q", p.answer.Comment, c.comment)
			}
		})
	}
}

// FuzzDecodeForm: whatever is posted, what is kept of it is text that Postgres
// takes, and anything dropped on the way is said.
func FuzzDecodeForm(f *testing.F) {
	for _, seed := range []string{"choice=3&comment=x", "a=%00&a=%ff", "%zz", "a;b=c", "comment=" + strings.Repeat("%0d%0a", 50), "=&=&="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		form := decodeForm(body)
		for name, values := range form.values {
			for _, v := range values {
				if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
					t.Fatalf("%q keeps %q", name, v)
				}
			}
			if len(values) > 1 && form.fault(name) == "" {
				t.Fatalf("%q came %d times and nothing is said", name, len(values))
			}
		}
		p := readAnswer(form, "1.1")
		if p.status == 0 && p.errors.Any() {
			t.Fatalf("faults %+v without a refusal", p.errors)
		}
		if p.status != 0 && !p.errors.Any() {
			t.Fatalf("refused with %d and no field named", p.status)
		}
	})
}
