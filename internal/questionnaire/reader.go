package questionnaire

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
)

// reader walks a YAML tree and gathers every fault, so that an editor sees all
// of them at once. It guesses nothing: text is text, a switch is true or false.
type reader struct {
	file   string
	faults []fault
}

// fault is one thing wrong with a file, and where.
type fault struct {
	file string
	line int
	what string
}

func (f fault) Error() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.what) }

func (r *reader) fault(line int, format string, args ...any) {
	r.faults = append(r.faults, fault{r.file, line, fmt.Sprintf(format, args...)})
}

// err joins the faults in the order of their lines; nil if there are none.
func (r *reader) err() error {
	slices.SortStableFunc(r.faults, func(a, b fault) int { return cmp.Compare(a.line, b.line) })
	all := make([]error, len(r.faults))
	for i, f := range r.faults {
		all[i] = f
	}
	return errors.Join(all...)
}

// value is a node and the line where an editor looks for it.
type value struct {
	node ast.Node
	line int
}

// mapping reads a mapping that has exactly the given keys.
func (r *reader) mapping(v value, what string, keys ...string) map[string]value {
	m, ok := v.node.(*ast.MappingNode)
	if !ok {
		r.fault(v.line, "%s must be a list of named fields (%s)", what, strings.Join(keys, ", "))
		return nil
	}
	fields := make(map[string]value, len(keys))
	for _, pair := range m.Values {
		r.field(fields, pair, what, keys)
	}
	for _, key := range keys {
		if _, ok := fields[key]; !ok {
			r.fault(v.line, "%s has no %q", what, key)
		}
	}
	return fields
}

func (r *reader) field(fields map[string]value, pair *ast.MappingValueNode, what string, keys []string) {
	line := lineOf(pair.Key)
	name, ok := pair.Key.(*ast.StringNode)
	if !ok {
		r.fault(line, "%s has a field whose name is not plain text", what)
		return
	}
	if !slices.Contains(keys, name.Value) {
		r.fault(line, "%s has an unknown field %q", what, name.Value)
		return
	}
	if first, twice := fields[name.Value]; twice {
		r.fault(line, "%s has %q twice; the first is on line %d", what, name.Value, first.line)
		return
	}
	fields[name.Value] = value{pair.Value, line}
}

// list reads a sequence. A field that was missing is nil and was reported.
func (r *reader) list(v value, what string) []value {
	if v.node == nil {
		return nil
	}
	seq, ok := v.node.(*ast.SequenceNode)
	if !ok {
		r.fault(v.line, "%s must be a list", what)
		return nil
	}
	items := make([]value, len(seq.Values))
	for i, n := range seq.Values {
		items[i] = value{n, lineOf(n)}
	}
	return items
}

// text reads one line of text that is not empty.
func (r *reader) text(v value, what string) string {
	if v.node == nil {
		return ""
	}
	var s string
	switch n := v.node.(type) {
	case *ast.StringNode:
		s = n.Value
	case *ast.LiteralNode:
		s = n.Value.Value
	case *ast.NullNode:
		r.fault(v.line, "%s is empty", what)
		return ""
	default:
		r.fault(v.line, "%s must be text; put it in quotes", what)
		return ""
	}
	switch {
	case strings.TrimSpace(s) == "":
		r.fault(v.line, "%s is empty", what)
	case s != strings.Join(strings.Fields(s), " "), strings.ContainsFunc(s, unicode.IsControl):
		r.fault(v.line, "%s has a line break, a double space or a space at an end", what)
	}
	return s
}

// sentence reads text that ends with the given mark.
func (r *reader) sentence(v value, what, mark string) string {
	s := r.text(v, what)
	if s != "" && !strings.HasSuffix(s, mark) {
		r.fault(v.line, "%s does not end with %q", what, mark)
	}
	return s
}

// yes reads true or false.
func (r *reader) yes(v value, what string) bool {
	if v.node == nil {
		return false
	}
	b, ok := v.node.(*ast.BoolNode)
	if !ok {
		r.fault(v.line, "%s must be true or false", what)
		return false
	}
	return b.Value
}

// texts reads a list of texts, none of them twice.
func (r *reader) texts(v value, what string) []string {
	var all []string
	for _, item := range r.list(v, what) {
		s := r.text(item, what)
		if s != "" && slices.Contains(all, s) {
			r.fault(item.line, "%s has %q twice", what, s)
		}
		all = append(all, s)
	}
	return all
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil {
		return 1
	}
	return n.GetToken().Position.Line
}
