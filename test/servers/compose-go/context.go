package main

import (
	"context"
	"io/fs"
	"os"

	"github.com/moby/patternmatcher/ignorefile"
	"github.com/tonistiigi/fsutil"
)

// The files that a build of this folder is given, in order.
func contextFiles(ctx context.Context, folder, ignoreFile string) (any, error) {
	ignore, err := os.Open(ignoreFile)
	if err != nil {
		return nil, err
	}
	defer ignore.Close()
	patterns, err := ignorefile.ReadAll(ignore)
	if err != nil {
		return nil, err
	}
	whole, err := fsutil.NewFS(folder)
	if err != nil {
		return nil, err
	}
	kept, err := fsutil.NewFilterFS(whole, &fsutil.FilterOpt{ExcludePatterns: patterns})
	if err != nil {
		return nil, err
	}
	files := []string{}
	err = kept.Walk(ctx, "", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	return files, err
}
