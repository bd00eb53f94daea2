package chart

import (
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// PeerRow is one element of a trust beside the band of a group of trusts.
type PeerRow struct {
	Element  string // title
	Score    *float64
	Low      *float64 // of the interval to compare with
	High     *float64
	Hidden   maturity.Reason // why there is no score
	Band     maturity.Band
	Group    string // whose band it is
	Standing maturity.Standing
}

// peers is a trust's scores with their intervals, each on its group's band.
type peers struct {
	frame
	levels [questionnaire.Levels]string
	rows   []peer
}

type peer struct {
	dot
	band                value
	bandLow, bandHigh   value
	bandWords, standing string
}

// bandLine is the baseline of the words about the band, below the dot's line.
const (
	peerRow  = 98
	peerLine = 90
)

func newPeers(s Setting, levels [questionnaire.Levels]string, rows []PeerRow) peers {
	d := peers{frame: newFrame(s, "peers", "Where your scores lie beside other trusts’"), levels: levels}
	d.alt = "Your scores beside the middle half of other trusts"
	d.subtitle = "Average score from 1 to 5 for each element. The dot and its bar are yours. The shaded box is the middle half of the group, the line in it the middle trust."
	d.table = Table{Caption: "Your scores beside the group", Columns: []string{
		"Element", "Your score", "Range from", "Range to", "Middle half from", "Middle", "Middle half to", "Trusts", "Group", "Where you stand",
	}}
	told := 0
	for _, r := range rows {
		p := newPeer(r)
		if p.standing != "" {
			told++
		}
		d.rows = append(d.rows, p)
		d.table.add(words(p.name), p.score.cell(), p.low.cell(), p.high.cell(), p.bandLow.cell(), p.band.cell(), p.bandHigh.cell(),
			count(r.Band.Trusts, r.Band.Hidden).cell(), words(r.Group), words(peerStanding(p.standing)))
	}
	d.desc = "The scale runs from 1 to 5. " + counted(told, "element", "elements") + " of " + whole(len(rows)) + " can be set beside a group. The table below says where each stands."
	return d
}

func peerStanding(says string) string {
	if says == "" {
		return "Not shown"
	}
	return says
}

func newPeer(r PeerRow) peer {
	p := peer{dot: dot{name: r.Element, score: score(r.Score, r.Hidden)}, standing: r.Standing.Words()}
	p.low, p.high = score(r.Low, r.Hidden), score(r.High, r.Hidden)
	p.label = notShown(r.Hidden)
	if p.score.shown {
		p.label = p.score.text
	}
	p.bandLow, p.band, p.bandHigh = score(r.Band.Low, r.Band.Hidden), score(r.Band.Middle, r.Band.Hidden), score(r.Band.High, r.Band.Hidden)
	switch {
	case !r.Band.Shown():
		p.bandWords = notShown(r.Band.Hidden)
	case p.standing == "":
		p.bandWords = "Group: " + p.bandLow.text + " to " + p.bandHigh.text
	default:
		p.bandWords = p.standing + ", " + p.bandLow.text + " to " + p.bandHigh.text
	}
	return p
}

// box is where the band lies, in percent: from, and how wide. A band whose
// quartiles are one has the width of a line.
func (p peer) box() (from, width float64, drawn bool) {
	if !p.bandLow.shown || !p.bandHigh.shown {
		return 0, 0, false
	}
	from = onScale(p.bandLow.at)
	return from, max(0.5, onScale(p.bandHigh.at)-from), true
}

func (d peers) height() int { return dotHead + len(d.rows)*peerRow + dotFoot }

func (d peers) top(row int) int { return dotHead + row*peerRow }

// PeersTable is the table of the chart, for its CSV.
func PeersTable(levels [questionnaire.Levels]string, rows []PeerRow) Table {
	return newPeers(Setting{}, levels, rows).table
}
