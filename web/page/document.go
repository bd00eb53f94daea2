package page

import "strings"

// Document is a text that is read on a page, printed, or taken away as a file.
// All of these come from the one value, so that they cannot differ.
type Document struct {
	Name     string // in addresses and file names
	Title    string
	Lede     string
	Sections []Section
}

// Section is one part of a document, its table last.
type Section struct {
	Heading string
	Says    []string // paragraphs
	List    []string
	Table   Grid
}

// Grid is a table in words. The first cell of a row is its head.
type Grid struct {
	Head []string
	Rows [][]string
}

// Markdown is the document as a text file that word processors and wikis read.
func (d Document) Markdown() string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	line("# ", literal(d.Title))
	line()
	line(literal(d.Lede))
	for _, s := range d.Sections {
		line()
		line("## ", literal(s.Heading))
		for _, p := range s.Says {
			line()
			line(literal(p))
		}
		for i, item := range s.List {
			if i == 0 {
				line()
			}
			line("- ", literal(item))
		}
		if len(s.Table.Rows) > 0 {
			line()
			row := func(cells []string) { line("| ", strings.Join(cells, " | "), " |") }
			row(literals(s.Table.Head))
			row(strings.Split(strings.Repeat("--- ", len(s.Table.Head)-1)+"---", " "))
			for _, cells := range s.Table.Rows {
				row(literals(cells))
			}
		}
	}
	return b.String()
}

func literals(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = literal(t)
	}
	return out
}

var markdownSigns = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "|", `\|`, "#", `\#`, "\n", " ",
)

// literal is text in which nothing is taken for markdown: a trust's name is
// somebody's words.
func literal(text string) string { return markdownSigns.Replace(text) }
