// Google's own fake of Cloud Pub/Sub, with which its Go client is tested, as a program: it keeps everything in memory. What
// that fake does not know is added: streams that bring many messages at a time and no more than their reader may hold, streams
// that end when their subscription does, and rights. At a second port a test asks what there is, and says what to refuse.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"

	"cloud.google.com/go/iam/apiv1/iampb"
	pb "cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"cloud.google.com/go/pubsub/v2/pstest"
	"google.golang.org/grpc"
)

// Pub/Sub's own limit of a request is 10 MB.
const requestBytes = 11_000_000

func main() {
	port := flag.Int("port", 0, "the port of localhost at which Pub/Sub answers; 0: any that is free")
	controlPort := flag.Int("control-port", 0, "the one at which tests ask and tell")
	flag.Parse()
	refusals := newRefusals()
	fake := pstest.NewServer(refusals.reactors()...)
	services := grpc.NewServer(grpc.MaxRecvMsgSize(requestBytes))
	pb.RegisterPublisherServer(services, &fake.GServer)
	subscriber := newSubscriber(&fake.GServer, refusals)
	pb.RegisterSubscriberServer(services, subscriber)
	iampb.RegisterIAMPolicyServer(services, &rights{refusals: refusals})
	listener, control := listen(*port), listen(*controlPort)
	go func() { log.Fatal(services.Serve(listener)) }()
	fmt.Println("listening on", listener.Addr(), "and", control.Addr())
	log.Fatal(http.Serve(control, controls(fake, subscriber, refusals)))
}

func listen(port int) net.Listener {
	listener, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", port))
	if err != nil {
		log.Fatal(err)
	}
	return listener
}
