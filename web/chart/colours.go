package chart

// The colours are attributes of the drawing, so that it stands by itself where
// no style sheet reaches: a saved picture, a print, another program. The style
// sheet only overrides them, for forced colours.
const (
	ink   = "#212b32"
	quiet = "#4c6272"
	paper = "#ffffff"
	mark  = "#005eb8" // this round
	grid  = "#d8dde0"
	edge  = "#768692"
	other = "#9c3f00" // what pulls apart, where a mark's shape says the same
)

// likert runs from the lowest level to the highest, around a grey middle.
var likert = [5]string{"#9c3f00", "#f3b38a", "#d8dde0", "#8cb8e6", "#003087"}

// steps are the heat map's five, lightest lowest.
var steps = [5]string{"#ffffff", "#cfe3f5", "#8cb8e6", "#005eb8", "#00264d"}

// The classes a key's swatches and the parts they explain have in common.
const (
	segmentClass = "app-chart__segment app-chart__segment--"
	stepClass    = "app-chart__step app-chart__step--"
)

func fillOf(class string, i int) string {
	if class == stepClass {
		return steps[i]
	}
	return likert[i]
}

// paint is how a segment is filled, edged and written on.
type paint struct{ fill, edge, text, tone string }

func paintOf(kind string) paint {
	switch kind {
	case "low":
		return paint{likert[1], likert[0], ink, "dark"}
	case "middle":
		return paint{likert[2], "", ink, "dark"}
	case "high":
		return paint{likert[3], likert[4], ink, "dark"}
	}
	fill := likert[kind[0]-'1']
	if kind == "1" || kind == "5" {
		return paint{fill, "", paper, "light"}
	}
	return paint{fill, "", ink, "dark"}
}
