package main

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"cloud.google.com/go/pubsub/v2/pstest"
	"google.golang.org/grpc/codes"
)

// What became of the messages of all topics.
type counts struct {
	// Nobody has acknowledged them.
	All int `json:"all"`
	// Of these, readers that are there hold so many.
	Held int `json:"held"`
	// How often one was given to a reader.
	Deliveries int `json:"deliveries"`
	// How often one was given back.
	GivenBack int `json:"givenBack"`
}

func controls(server *pstest.Server, subscriber *subscriber, refusals *refusals) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /counts", func(answer http.ResponseWriter, _ *http.Request) {
		found := count(server.Messages())
		found.Held = subscriber.held()
		_ = json.NewEncoder(answer).Encode(found)
	})
	mux.HandleFunc("POST /refuse/{method}/{code}", func(_ http.ResponseWriter, request *http.Request) {
		number, _ := strconv.Atoi(request.PathValue("code"))
		refusals.mutex.Lock()
		defer refusals.mutex.Unlock()
		refusals.codes[request.PathValue("method")] = codes.Code(number)
	})
	mux.HandleFunc("POST /deny/{permission}", func(_ http.ResponseWriter, request *http.Request) {
		refusals.mutex.Lock()
		defer refusals.mutex.Unlock()
		refusals.denied[request.PathValue("permission")] = true
	})
	mux.HandleFunc("POST /permit", func(_ http.ResponseWriter, _ *http.Request) {
		refusals.mutex.Lock()
		defer refusals.mutex.Unlock()
		clear(refusals.codes)
		clear(refusals.denied)
	})
	mux.HandleFunc("POST /stream-timeout/{milliseconds}", func(_ http.ResponseWriter, request *http.Request) {
		milliseconds, _ := strconv.Atoi(request.PathValue("milliseconds"))
		refusals.mutex.Lock()
		defer refusals.mutex.Unlock()
		refusals.streamsLast = time.Duration(milliseconds) * time.Millisecond
	})
	return mux
}

func count(messages []*pstest.Message) counts {
	var found counts
	for _, message := range messages {
		found.Deliveries += message.Deliveries
		for _, modack := range message.Modacks {
			if modack.AckDeadline == 0 {
				found.GivenBack++
			}
		}
		if message.Acks > 0 {
			continue
		}
		found.All++
	}
	return found
}
