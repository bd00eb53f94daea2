package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// design is where the design system's package keeps its images.
const design = "node_modules/nhsuk-frontend/dist/nhsuk/assets"

// A file is one asset, by the plain name a page knows it by.
type file struct {
	name    string
	content []byte
}

// build makes every asset of web in memory.
func build(ctx context.Context, web string) ([]file, error) {
	css, err := compileStyle(ctx, web)
	if err != nil {
		return nil, err
	}
	css, images, err := takeImages(web, css)
	if err != nil {
		return nil, err
	}
	if err := refuseRemote(css); err != nil {
		return nil, err
	}
	scripts, err := bundleScripts(web)
	if err != nil {
		return nil, err
	}
	icon, err := os.ReadFile(filepath.Join(web, "style", "favicon.svg"))
	if err != nil {
		return nil, err
	}
	return slices.Concat(images, scripts, []file{{"octant.css", css}, {"favicon.svg", icon}}), nil
}

// compileStyle runs Sass over the one style sheet.
func compileStyle(ctx context.Context, web string) ([]byte, error) {
	sass := exec.CommandContext(ctx, filepath.Join("node_modules", ".bin", "sass"),
		"--no-source-map", "--style=compressed", "--load-path=node_modules", "--quiet-deps", "style/octant.scss")
	sass.Dir = web
	var complaints bytes.Buffer
	sass.Stderr = &complaints
	css, err := sass.Output()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoPackages
	}
	if err != nil {
		return nil, fmt.Errorf("sass: %w\n%s", err, complaints.String())
	}
	return css, nil
}

// image is how the design system's style sheet names a file of its package.
var image = regexp.MustCompile(`url\(["']?/assets/images/([A-Za-z0-9_.-]+)["']?\)`)

// takeImages reads the images a style sheet names, and has it name them as
// they will be called here, beside itself.
func takeImages(web string, css []byte) ([]byte, []file, error) {
	var images []file
	taken := map[string]bool{}
	for _, match := range image.FindAllSubmatch(css, -1) {
		name := string(match[1])
		if taken[name] {
			continue
		}
		taken[name] = true
		content, err := os.ReadFile(filepath.Join(web, design, "images", name))
		if err != nil {
			return nil, nil, fmt.Errorf("style sheet: %w", err)
		}
		images = append(images, file{name, content})
	}
	for _, picture := range images {
		css = replaceImage(css, picture)
	}
	return css, images, nil
}

func replaceImage(css []byte, picture file) []byte {
	return image.ReplaceAllFunc(css, func(url []byte) []byte {
		if string(image.FindSubmatch(url)[1]) != picture.name {
			return url
		}
		return []byte("url(" + hashed(picture) + ")")
	})
}

// refuseRemote keeps the style sheet to this host and to fonts everybody has.
// Frutiger may be used only under a licence that Octant's users need not hold.
func refuseRemote(css []byte) error {
	lower := strings.ToLower(string(css))
	for _, forbidden := range []string{"https://", "http://", "url(//", "@import", "@font-face"} {
		if at := strings.Index(lower, forbidden); at >= 0 {
			return fmt.Errorf("style sheet holds %q: …%s…", forbidden, lower[max(0, at-40):min(len(lower), at+60)])
		}
	}
	return nil
}

// bundleScripts makes one module of each file in script, with what it imports
// of the packages and nothing more of them.
func bundleScripts(web string) ([]file, error) {
	root, err := filepath.Abs(web)
	if err != nil {
		return nil, err
	}
	sources, err := filepath.Glob(filepath.Join(root, "script", "*.js"))
	if err != nil {
		return nil, err
	}
	result := api.Build(api.BuildOptions{
		EntryPoints:       sources,
		AbsWorkingDir:     root,
		Outdir:            filepath.Join(root, "static"),
		Bundle:            true,
		Format:            api.FormatESModule,
		Target:            api.ES2020,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsInline,
	})
	for _, message := range append(result.Errors, result.Warnings...) {
		return nil, fmt.Errorf("scripts: %s", describe(message))
	}
	files := make([]file, 0, len(result.OutputFiles))
	for _, output := range result.OutputFiles {
		files = append(files, file{filepath.Base(output.Path), output.Contents})
	}
	return files, nil
}

func describe(message api.Message) string {
	if message.Location == nil {
		return message.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", message.Location.File, message.Location.Line, message.Location.Column, message.Text)
}
