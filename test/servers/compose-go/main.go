// Says what Docker makes of our files, without its engine: of a compose file by Compose's own loader, of a Dockerfile by
// BuildKit's own parser and linter, of a .dockerignore by what BuildKit's clients walk a build context with. It writes
// JSON to standard output, asks no registry, and runs nothing.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
)

const usage = `usage:
  compose-go project COMPOSE-FILE [ENV-FILE]   the project, with every variable resolved
  compose-go variables COMPOSE-FILE            the variables that it uses, with their defaults
  compose-go dockerfile DOCKERFILE             its stages, the image's configuration, what the linter says
  compose-go context FOLDER IGNORE-FILE        the files of a build context`

func main() {
	found, err := answer(context.Background(), os.Args[1:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(found)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer(ctx context.Context, args []string) (any, error) {
	if len(args) < 2 {
		return nil, fmt.Errorf("%s", usage)
	}
	command, subject, more := args[0], args[1], args[2:]
	switch {
	case command == "project":
		return project(ctx, subject, more)
	case command == "variables":
		return variables(ctx, subject)
	case command == "dockerfile":
		return dockerfile(ctx, subject)
	case command == "context" && len(more) == 1:
		return contextFiles(ctx, subject, more[0])
	}
	return nil, fmt.Errorf("%s", usage)
}
