package main

import (
	"context"
	"sync"
	"time"

	"cloud.google.com/go/iam/apiv1/iampb"
	"cloud.google.com/go/pubsub/v2/pstest"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Of these pstest asks whether they are refused; a streaming pull asks by itself.
var asked = []string{"GetSubscription", "Acknowledge", "ModifyAckDeadline"}

// What a test wants to be refused now: methods with a code, permissions, and streams after a while.
type refusals struct {
	mutex       sync.Mutex
	codes       map[string]codes.Code
	denied      map[string]bool
	streamsLast time.Duration
}

func newRefusals() *refusals {
	return &refusals{codes: map[string]codes.Code{}, denied: map[string]bool{}}
}

func (r *refusals) refused(method string) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if code, refused := r.codes[method]; refused {
		return status.Error(code, "as the test wants it")
	}
	return nil
}

// Never, where streams end by themselves only.
func (r *refusals) streamEnds() <-chan time.Time {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.streamsLast == 0 {
		return nil
	}
	return time.After(r.streamsLast)
}

func (r *refusals) reactors() []pstest.ServerReactorOption {
	options := []pstest.ServerReactorOption{}
	for _, method := range asked {
		options = append(options, pstest.ServerReactorOption{FuncName: method, Reactor: &reactor{refusals: r, method: method}})
	}
	return options
}

type reactor struct {
	refusals *refusals
	method   string
}

func (r *reactor) React(_ any) (handled bool, answer any, err error) {
	err = r.refusals.refused(r.method)
	return err != nil, nil, err
}

// Says who may do what, which pstest does not know: everybody everything, but for what a test denies.
type rights struct {
	iampb.UnimplementedIAMPolicyServer
	refusals *refusals
}

func (r *rights) TestIamPermissions(_ context.Context, request *iampb.TestIamPermissionsRequest) (*iampb.TestIamPermissionsResponse, error) {
	r.refusals.mutex.Lock()
	defer r.refusals.mutex.Unlock()
	granted := []string{}
	for _, permission := range request.Permissions {
		if !r.refusals.denied[permission] {
			granted = append(granted, permission)
		}
	}
	return &iampb.TestIamPermissionsResponse{Permissions: granted}, nil
}
