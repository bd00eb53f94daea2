package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// format changes when this program writes something else from the same
// sources, so that folders it made before are made again.
const format = "2"

// stamp is the hash of everything the static folder is made from: our sources,
// and the list npm keeps of what it has installed.
func stamp(web string) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, format)
	for _, source := range []string{"style", "script", filepath.Join("node_modules", ".package-lock.json")} {
		if err := addTree(sum, web, source); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)) + "\n", nil
}

// addTree hashes a file, or every file below a folder in the order of their
// names.
func addTree(sum io.Writer, web, source string) error {
	err := filepath.WalkDir(filepath.Join(web, source), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", filepath.ToSlash(path), len(content))
		_, err = sum.Write(content)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) && filepath.Base(source) == ".package-lock.json" {
		return errNoPackages
	}
	return err
}
