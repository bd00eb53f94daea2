// Package audit is the record of what was done in a trust and by whom: the
// deeds that are recorded, and the chain that shows whether a record was
// altered. It neither keeps records (store) nor shows them. Its one rule: a
// record never says what anybody answered.
package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"time"

	"github.com/google/uuid"
)

// Platform is the chain of what was done for no single trust; it stands where a
// trust's ODS code would.
const Platform = "-"

// Deed is one kind of thing that is recorded.
type Deed string

// The deeds.
const (
	RoundMade      Deed = "round made"
	RoundChanged   Deed = "round changed"
	RoundOpened    Deed = "round opened"
	RoundClosed    Deed = "round closed"
	RoundTimed     Deed = "round set to open by itself"
	RoundUntimed   Deed = "round no longer to open by itself"
	RoundNotOpened Deed = "round could not open by itself"
	ClosingMoved   Deed = "closing day put off"
	RoundExtended  Deed = "time extended for a person"
	ExtensionEnded Deed = "extended time taken back"
	MarkedAway     Deed = "person marked as away"
	MarkedBack     Deed = "person marked as back"
	Invited        Deed = "person asked"
	LeftOut        Deed = "person taken off the list"
	LinkRevoked    Deed = "personal link revoked"
	LinkMade       Deed = "new personal link made"
	LetterAgain    Deed = "letter sent again"
	LetterPrinted  Deed = "code letter printed"
	ToPaper        Deed = "person to answer on paper"
	FromPaper      Deed = "person to answer online again"
	PaperPrinted   Deed = "paper sheets printed"
	PaperKeyed     Deed = "paper sheet keyed in"
	PersonAdded    Deed = "person added"
	PersonChanged  Deed = "person's details changed"
	RoleGranted    Deed = "role granted"
	RoleEnded      Deed = "role ended"
	ReportExported Deed = "report exported"
	CommentsRead   Deed = "comments read"
	CommentHidden  Deed = "comment hidden"
	CommentShown   Deed = "comment shown again"
	AuditExported  Deed = "audit record exported"
	ProviderSet    Deed = "trust sign-in set up"
	ProviderEnded  Deed = "trust sign-in removed"
	TrustMade      Deed = "trust added"
	TrustChanged   Deed = "trust's details changed"
	AdminGranted   Deed = "platform administrator granted"
	AdminEnded     Deed = "platform administrator ended"
	DataTaken      Deed = "own data downloaded"
	Disclosed      Deed = "disclosure view opened"
	NoteAdded      Deed = "note put on the time line"
	NoteChanged    Deed = "note on the time line changed"
	NoteRemoved    Deed = "note taken off the time line"
	Unlinked       Deed = "answers cut loose from people"
	CommentsErased Deed = "comments erased after their time"
	ConsentSet     Deed = "sharing of results set"
	GuideSet       Deed = "agreement to be asked for advice set"
	CircleMade     Deed = "circle made"
	CircleInvited  Deed = "trust invited to circle"
	CircleJoined   Deed = "circle joined"
	CircleDeclined Deed = "circle declined"
	CircleLeft     Deed = "circle left"
	AdviceAsked    Deed = "another trust asked for advice"
	AdviceGiven    Deed = "request for advice answered"
	EditionMade    Deed = "benchmark edition made"
	Compared       Deed = "comparison of trusts downloaded"
	WorkshopMade   Deed = "workshop prepared"
	WorkshopBegun  Deed = "workshop begun"
	WorkshopEnded  Deed = "workshop ended"
	WorkshopGone   Deed = "workshop deleted"
	DeviceRemoved  Deed = "device taken out of a workshop"
	OutcomeSent    Deed = "outcome of a workshop sent"
	RecordsErased  Deed = "sign-in records erased after their time"
	RequestsErased Deed = "requests for advice erased after their time"

	RegisterImported Deed = "register imported"
	SuccessionMade   Deed = "succession entered by hand"
	SuccessionEnded  Deed = "succession taken back"
	TypeSet          Deed = "type of a trust set"
)

// Entry is one record.
type Entry struct {
	ODS    string // the trust, or Platform
	Seq    int64  // 1 for a chain's first entry, then without a gap
	At     time.Time
	Actor  uuid.UUID // zero for the clock or a command
	Deed   Deed
	Round  uuid.UUID // zero for none
	Person uuid.UUID // whom it was done to; zero for nobody
	Detail string    // in words, such as a round's title; up to 500 characters
}

// Digest binds an entry to the one before it.
type Digest [sha256.Size]byte

// After is the entry's digest when prev is the digest of the entry before it;
// the zero digest stands before a chain's first. Every field counts, each with
// its length, so that nothing can move from one field into the next. The time
// counts to the microsecond, which is what the database keeps.
func (e Entry) After(prev Digest) Digest {
	h := sha256.New()
	h.Write(prev[:])
	put(h, []byte(e.ODS))
	putInt(h, e.Seq)
	putInt(h, e.At.UnixMicro())
	h.Write(e.Actor[:])
	put(h, []byte(e.Deed))
	h.Write(e.Round[:])
	h.Write(e.Person[:])
	put(h, []byte(e.Detail))
	return Digest(h.Sum(nil))
}

func put(h hash.Hash, b []byte) {
	putInt(h, int64(len(b)))
	h.Write(b)
}

func putInt(h hash.Hash, n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	h.Write(b[:])
}

// ErrBroken means that a record was altered, removed or put in.
var ErrBroken = errors.New("audit: the chain is broken")

// Chain re-computes one chain, entry by entry.
type Chain struct {
	Seq  int64  // of the last entry, zero before the first
	Head Digest // of the last entry
}

// Add takes the next entry with the digest that was kept with it, and says
// ErrBroken if it does not follow from those before. Either way it goes on from
// there, so that one fault is told once and does not hide the next.
func (c *Chain) Add(e Entry, kept Digest) error {
	before := *c
	c.Seq, c.Head = e.Seq, kept
	switch {
	case e.Seq != before.Seq+1:
		return fmt.Errorf("%w: %s: entry %d follows entry %d", ErrBroken, Name(e.ODS), e.Seq, before.Seq)
	case e.After(before.Head) != kept:
		return fmt.Errorf("%w: %s: entry %d does not fit its digest", ErrBroken, Name(e.ODS), e.Seq)
	}
	return nil
}

// Name is a chain's name for people to read and to type: the trust's code, or
// "platform".
func Name(chain string) string {
	if chain == Platform {
		return "platform"
	}
	return chain
}
