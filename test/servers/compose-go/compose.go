package main

import (
	"context"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/template"
)

// As `docker compose config` loads it, but with nothing from our own environment.
func project(ctx context.Context, file string, envFiles []string) (any, error) {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithEnvFiles(envFiles...), cli.WithDotEnv)
	if err != nil {
		return nil, err
	}
	return options.LoadProject(ctx)
}

func variables(ctx context.Context, file string) (any, error) {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithInterpolation(false))
	if err != nil {
		return nil, err
	}
	model, err := options.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	return template.ExtractVariables(model, template.DefaultPattern), nil
}
