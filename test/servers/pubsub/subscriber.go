package main

import (
	"context"
	"io"
	"sync"
	"time"

	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"cloud.google.com/go/pubsub/v2/pstest"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

const (
	lookEvery       = 5 * time.Millisecond
	responseMessage = 100
)

// A lease is what one stream holds of a message.
type lease struct {
	stream *stream
	bytes  int64
	until  time.Time
}

// A stream is a streaming pull with what it may hold; 0 is any number.
type stream struct {
	maxMessages, maxBytes int64
	deadline              time.Duration
	messages, bytes       int64
	ended                 bool
}

// pstest's subscriber, with streams of its own, which pull from it.
type subscriber struct {
	*pstest.GServer
	refusals *refusals
	mutex    sync.Mutex
	leases   map[string]lease
}

func newSubscriber(fake *pstest.GServer, refusals *refusals) *subscriber {
	return &subscriber{GServer: fake, refusals: refusals, leases: map[string]lease{}}
}

func (s *subscriber) Acknowledge(ctx context.Context, request *pb.AcknowledgeRequest) (*emptypb.Empty, error) {
	answer, err := s.GServer.Acknowledge(ctx, request)
	if err == nil {
		s.extend(request.AckIds, 0)
	}
	return answer, err
}

func (s *subscriber) ModifyAckDeadline(ctx context.Context, request *pb.ModifyAckDeadlineRequest) (*emptypb.Empty, error) {
	answer, err := s.GServer.ModifyAckDeadline(ctx, request)
	if err == nil {
		s.extend(request.AckIds, request.AckDeadlineSeconds)
	}
	return answer, err
}

func (s *subscriber) StreamingPull(server pb.Subscriber_StreamingPullServer) error {
	first, err := server.Recv()
	if err != nil {
		return err
	}
	stream := &stream{
		maxMessages: first.MaxOutstandingMessages,
		maxBytes:    first.MaxOutstandingBytes,
		deadline:    time.Duration(first.StreamAckDeadlineSeconds) * time.Second,
	}
	ctx, cancel := context.WithCancel(server.Context())
	defer cancel()
	defer s.end(stream)
	pings := make(chan struct{}, 16)
	go receive(server, pings, cancel)
	ends := s.refusals.streamEnds()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ends:
			return status.Error(codes.Unavailable, "The service was unable to fulfill your request.")
		case <-pings:
			if err := server.Send(&pb.StreamingPullResponse{}); err != nil {
				return err
			}
		case <-time.After(lookEvery):
			if err := s.send(server, first.Subscription, stream); err != nil {
				return err
			}
		}
	}
}

// Whatever a reader says on a stream is a sign of life, to which it wants an answer.
func receive(server pb.Subscriber_StreamingPullServer, pings chan<- struct{}, cancel func()) {
	for {
		if _, err := server.Recv(); err != nil {
			if err != io.EOF {
				cancel()
			}
			return
		}
		select {
		case pings <- struct{}{}:
		default:
		}
	}
}

func (s *subscriber) send(server pb.Subscriber_StreamingPullServer, name string, stream *stream) error {
	if err := s.refusals.refused("StreamingPull"); err != nil {
		return err
	}
	facts, err := s.GServer.GetSubscription(server.Context(), &pb.GetSubscriptionRequest{Subscription: name})
	if err != nil {
		return err
	}
	room := s.room(stream)
	if room == 0 {
		return nil
	}
	request := &pb.PullRequest{Subscription: name, MaxMessages: room, ReturnImmediately: true}
	pulled, err := s.GServer.Pull(server.Context(), request)
	if err != nil || len(pulled.ReceivedMessages) == 0 {
		return err
	}
	response := proto.Clone(&pb.StreamingPullResponse{
		ReceivedMessages: pulled.ReceivedMessages,
		SubscriptionProperties: &pb.StreamingPullResponse_SubscriptionProperties{
			ExactlyOnceDeliveryEnabled: facts.EnableExactlyOnceDelivery,
			MessageOrderingEnabled:     facts.EnableMessageOrdering,
		},
	}).(*pb.StreamingPullResponse)
	s.hold(stream, response.ReceivedMessages)
	return server.Send(response)
}

// Those of a stream that has ended are nobody's, though they stay hidden for a while.
func (s *subscriber) held() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	count := 0
	for _, lease := range s.leases {
		if !lease.stream.ended && time.Now().Before(lease.until) {
			count++
		}
	}
	return count
}

func (s *subscriber) end(stream *stream) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	stream.ended = true
}

// How many messages a stream may be given now. One is, however large it is, where it holds none.
func (s *subscriber) room(stream *stream) int32 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := time.Now()
	for id, lease := range s.leases {
		if now.After(lease.until) {
			s.release(id, lease)
		}
	}
	if stream.messages > 0 && stream.maxBytes > 0 && stream.bytes >= stream.maxBytes {
		return 0
	}
	if stream.maxMessages <= 0 {
		return responseMessage
	}
	return int32(min(responseMessage, max(0, stream.maxMessages-stream.messages)))
}

func (s *subscriber) hold(stream *stream, messages []*pb.ReceivedMessage) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, message := range messages {
		bytes := int64(len(message.Message.Data))
		s.leases[message.AckId] = lease{stream: stream, bytes: bytes, until: time.Now().Add(stream.deadline)}
		stream.messages++
		stream.bytes += bytes
	}
}

func (s *subscriber) extend(ids []string, seconds int32) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, id := range ids {
		held, found := s.leases[id]
		if !found {
			continue
		}
		if seconds == 0 {
			s.release(id, held)
			continue
		}
		held.until = time.Now().Add(time.Duration(seconds) * time.Second)
		s.leases[id] = held
	}
}

func (s *subscriber) release(id string, held lease) {
	delete(s.leases, id)
	held.stream.messages--
	held.stream.bytes -= held.bytes
}
