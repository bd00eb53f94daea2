package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
)

// hashed is an asset's public name: its own with ten characters of its hash
// before the extension, which is 50 bits.
func hashed(f file) string {
	sum := sha256.Sum256(f.content)
	code := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:10]
	extension := filepath.Ext(f.name)
	return strings.TrimSuffix(f.name, extension) + "." + code + extension
}

// write lays the files in the folder, takes away what no longer belongs there,
// and leaves the stamp last.
func write(folder string, files []file, stamp string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(folder, stampName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	contents, err := encode(files)
	if err != nil {
		return err
	}
	for name, content := range contents {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	if err := sweep(folder, contents); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, stampName), []byte(stamp), 0o644)
}

// encode gives every file of the folder by its name: the assets, their smaller
// copies, and the manifest.
func encode(files []file) (map[string][]byte, error) {
	contents := map[string][]byte{}
	manifest := map[string]string{}
	for _, f := range files {
		name := hashed(f)
		manifest[f.name] = name
		contents[name] = f.content
		if err := addSmaller(contents, name, f.content); err != nil {
			return nil, err
		}
	}
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return nil, err
	}
	contents["manifest.json"] = append(text, '\n')
	return contents, nil
}

// addSmaller adds the encoded copies that are worth having.
func addSmaller(contents map[string][]byte, name string, content []byte) error {
	encoders := map[string]func(io.Writer) io.WriteCloser{
		".br": func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotli.BestCompression) },
		".gz": func(w io.Writer) io.WriteCloser {
			// The level is a constant that gzip knows, so there is no error.
			writer, _ := gzip.NewWriterLevel(w, gzip.BestCompression)
			return writer
		},
	}
	for suffix, encoder := range encoders {
		var small bytes.Buffer
		writer := encoder(&small)
		if _, err := writer.Write(content); err != nil {
			return err
		}
		if err := writer.Close(); err != nil {
			return err
		}
		if small.Len() < len(content) {
			contents[name+suffix] = small.Bytes()
		}
	}
	return nil
}

// sweep takes away files of earlier builds.
func sweep(folder string, keep map[string][]byte) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if _, ok := keep[entry.Name()]; ok {
			continue
		}
		if err := os.RemoveAll(filepath.Join(folder, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}
