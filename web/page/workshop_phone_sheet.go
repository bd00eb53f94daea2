package page

import (
	"bytes"
	"context"

	"octant/internal/assessment"
	"octant/internal/workshop"
)

// PhoneSheet is what devices show at one state of a workshop, written once for all
// of them. It holds every answer that a device may have given, whether anybody gave
// it or not: how soon a device has its page tells it nothing of the others.
type PhoneSheet struct {
	stage, park []byte
	own         map[ownKind][]byte
}

// ownKind is what a device's own piece depends on, while it holds no words.
type ownKind struct {
	observer    bool
	vote, first assessment.Choice
}

// NewPhoneSheet writes the sheet of all devices that have the view's path.
func NewPhoneSheet(ctx context.Context, v RoomView) (s *PhoneSheet, err error) {
	s = &PhoneSheet{own: make(map[ownKind][]byte)}
	if s.stage, err = (Part{"stage", phoneStage(v)}).made(ctx); err != nil {
		return nil, err
	}
	if s.park, err = (Part{"park", phonePark(PhoneView{RoomView: v})}).made(ctx); err != nil {
		return nil, err
	}
	for _, k := range v.ownKinds() {
		own := PhoneView{RoomView: v, Observer: k.observer, Vote: k.vote, First: k.first}
		if s.own[k], err = (Part{"own", phoneOwn(own)}).made(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ownKinds are all that there may be.
func (v RoomView) ownKinds() []ownKind {
	kinds := []ownKind{{}, {observer: true}}
	if !votesNow(v) {
		return kinds
	}
	for c := assessment.Choice(1); c <= assessment.DontKnow; c++ {
		if v.Workshop.Now().Vote() == 2 {
			kinds = append(kinds, ownKind{first: c}, ownKind{vote: c, first: c})
		} else {
			kinds = append(kinds, ownKind{vote: c})
		}
	}
	return kinds
}

// ownKind is the one of this device. In a second vote that it has given, its first
// one shows no more.
func (v PhoneView) ownKind() ownKind {
	switch {
	case v.Workshop.State != workshop.Running || v.Observer || !votesNow(v.RoomView):
		return ownKind{observer: v.Observer}
	case v.Workshop.Now().Vote() == 1:
		return ownKind{vote: v.Vote}
	case v.Vote != assessment.NotAnswered && v.First != assessment.NotAnswered:
		return ownKind{vote: v.Vote, first: v.Vote}
	}
	return ownKind{vote: v.Vote, first: v.First}
}

// Write writes the pieces of one device's screen: those of [PhoneParts].
func (s *PhoneSheet) Write(ctx context.Context, to *bytes.Buffer, v PhoneView) (err error) {
	own, park := s.own[v.ownKind()], s.park
	if own == nil || v.Card != "" || v.Refused.Says != "" {
		if own, err = (Part{"own", phoneOwn(v)}).made(ctx); err != nil {
			return err
		}
	}
	if len(v.Ups) > 0 || v.Refused.Says != "" {
		if park, err = (Part{"park", phonePark(v)}).made(ctx); err != nil {
			return err
		}
	}
	number, err := (Part{"device", phoneNumber(v)}).made(ctx)
	for _, piece := range [][]byte{s.stage, own, number, park} {
		to.Write(piece)
	}
	return err
}
