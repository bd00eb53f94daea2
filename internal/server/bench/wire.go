package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// patience is how long a page waits for one answer; see PATIENCE in the page's
// script.
const patience = 8 * time.Second

// wire is one connection of a browser. It reads no more of an answer than a page
// uses, so that thousands of them take little of the machine that they share with
// the server.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
}

// reply is what was answered. Its body is good until the next is read.
type reply struct {
	status int
	tag    string   // ETag
	to     string   // Location
	kept   []string // Set-Cookie, each without its attributes
	body   []byte
}

var errReply = errors.New("this is no answer")

// dial opens a connection with room for lines as long as buffer.
func dial(ctx context.Context, addr string, buffer int) (*wire, error) {
	dialer := net.Dialer{Timeout: patience}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &wire{conn, bufio.NewReaderSize(conn, buffer)}, nil
}

func (w *wire) close() {
	if w != nil {
		_ = w.conn.Close() // nothing is lost with it
	}
}

// send sends a request and reads the head of its answer. The length of the body
// that follows is -1 where it comes in pieces.
func (w *wire) send(request []byte) (r reply, length int, err error) {
	if err := w.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return r, 0, err
	}
	if _, err := w.conn.Write(request); err != nil {
		return r, 0, err
	}
	first, err := w.in.ReadSlice('\n')
	if err != nil {
		return r, 0, err
	}
	if len(first) < len("HTTP/1.1 200") {
		return r, 0, errReply
	}
	if r.status, err = strconv.Atoi(string(first[9:12])); err != nil {
		return r, 0, errReply
	}
	for {
		text, err := w.in.ReadSlice('\n')
		if err != nil {
			return r, 0, err
		}
		name, value, more := bytes.Cut(bytes.TrimSpace(text), []byte(": "))
		if !more {
			return r, length, nil
		}
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return r, 0, errReply
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			length = -1
		case bytes.EqualFold(name, []byte("ETag")):
			r.tag = string(value)
		case bytes.EqualFold(name, []byte("Location")):
			r.to = string(value)
		case bytes.EqualFold(name, []byte("Set-Cookie")):
			cookie, _, _ := bytes.Cut(value, []byte(";"))
			r.kept = append(r.kept, string(cookie))
		}
	}
}

// ask sends a request and reads its answer to the end.
func (w *wire) ask(request, body []byte) (reply, error) {
	r, length, err := w.send(request)
	if err != nil {
		return r, err
	}
	r.body = body[:0]
	if length >= 0 {
		r.body, err = w.take(r.body, length)
		return r, err
	}
	for {
		size, err := w.in.ReadSlice('\n')
		if err != nil {
			return r, err
		}
		n, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 31)
		if err != nil {
			return r, errReply
		}
		if r.body, err = w.take(r.body, int(n)); err != nil {
			return r, err
		}
		if _, err := w.in.Discard(len("\r\n")); err != nil {
			return r, err
		}
		if n == 0 {
			return r, nil
		}
	}
}

// askOn asks on the connection of before, and on a new one if that is no more, as
// a browser does.
func askOn(ctx context.Context, addr string, line **wire, request, body []byte) (got reply, err error) {
	if *line != nil {
		if got, err = (*line).ask(request, body); err == nil || ctx.Err() != nil {
			return got, err
		}
		(*line).close()
	}
	if *line, err = dial(ctx, addr, 4<<10); err != nil {
		return got, err
	}
	return (*line).ask(request, body)
}

// take reads so many bytes more.
func (w *wire) take(body []byte, n int) ([]byte, error) {
	have := len(body)
	body = append(body, make([]byte, n)...)
	_, err := io.ReadFull(w.in, body[have:])
	return body, err
}

// words reads a stream line by line until it ends or is quiet for too long.
func (w *wire) words(most time.Duration, heard func(word []byte)) error {
	for {
		if err := w.conn.SetReadDeadline(time.Now().Add(most)); err != nil {
			return err
		}
		text, err := w.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		heard(bytes.TrimSpace(text))
	}
}

// asked is a request of one browser: by which name and cookies, from where.
func asked(request []byte, method, path, host, cookie, from string) []byte {
	request = append(request, method...)
	request = append(request, ' ')
	request = append(request, path...)
	request = append(request, " HTTP/1.1\r\nHost: "...)
	request = append(request, host...)
	request = append(request, "\r\nAccept-Encoding: gzip, deflate, br\r\nSec-Fetch-Site: same-origin\r\n"...)
	if cookie != "" {
		request = fmt.Appendf(request, "Cookie: %s\r\n", cookie)
	}
	if from != "" {
		request = fmt.Appendf(request, "%s: %s\r\n", fromHeader, from)
	}
	return request
}

// fromHeader is the header in which the generator says for which address it asks,
// as the proxy of an installation does.
const fromHeader = "X-Real-Ip"

// formOf appends the end of a request that posts a form.
func formOf(request []byte, host, form string) []byte {
	return fmt.Appendf(request, "Origin: http://%s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", host, len(form), form)
}
