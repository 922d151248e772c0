package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// Answers for every base image without asking a registry: an image that sets nothing.
type bareImages struct{}

func (bareImages) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config, err := json.Marshal(ocispecs.Image{Platform: platform})
	return ref, digest.FromBytes(config), config, err
}

var platform = ocispecs.Platform{OS: "linux", Architecture: "amd64"}

func dockerfile(ctx context.Context, file string) (any, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return nil, err
	}
	source := llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", text)
	source.Definition = &llb.Definition{}
	options := dockerfile2llb.ConvertOpt{
		SourceMap: source, MetaResolver: bareImages{}, TargetPlatform: &platform}
	lint, err := dockerfile2llb.DockerfileLint(ctx, text, options)
	if err != nil {
		return nil, err
	}
	built, err := dockerfile2llb.Dockerfile2LLB(ctx, text, options)
	if err != nil {
		return nil, err
	}
	return map[string]any{"stages": stages, "warnings": lint.Warnings, "error": lint.Error, "image": built.Image}, nil
}
