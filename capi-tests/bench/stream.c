/* Streams: PUSH to PULL at every size, plain and with CURVE. Counted where they arrive. */
#include "bench.h"

static void pull_one (struct end *end, void *what)
{
    zmq_msg_t *message = ((void **) what)[1];
    must (zmq_msg_recv (message, ((void **) what)[0], 0) == (int) end->row->size, "zmq_msg_recv");
}

void take_stream (struct end *end, void *socket)
{
    zmq_msg_t message;
    void *what[] = {socket, &message};
    zmq_msg_init (&message);
    measure_rate (end, what, pull_one);
    atomic_store (&end->shared->stop, 1);
    while (zmq_msg_recv (&message, socket, 0) > 0) /* an empty message is the peer's last */
        ;
    atomic_store (&end->shared->drained, 1);
    zmq_msg_close (&message);
    finish (socket);
}

void pour_stream (struct end *end, void *socket)
{
    static char body[MAX_MESSAGE];
    while (!stopped (end))
        must (zmq_send (socket, body, end->row->size, 0) >= 0, "zmq_send");
    must (zmq_send (socket, body, 0, 0) == 0, "zmq_send");
    while (!atomic_load (&end->shared->drained)) /* libzmq may lose the tail of an ipc stream when it closes first */
        usleep (500);
    finish (socket);
}

static void pull (struct end *end)
{
    take_stream (end, bound (end, ZMQ_PULL, 0));
}

static void push (struct end *end)
{
    pour_stream (end, connected (end, ZMQ_PUSH, 0));
}

/* The keys of zmq_curve(7)'s example; the server's public key is all that a client must know beforehand. */
static void curve (void *socket, int binds)
{
    static const char server_public[] = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", server_secret[] = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";
    static const char client_public[] = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID", client_secret[] = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";
    if (binds) {
        option (socket, ZMQ_CURVE_SERVER, 1);
        must (zmq_setsockopt (socket, ZMQ_CURVE_SECRETKEY, server_secret, sizeof server_secret) == 0, "ZMQ_CURVE_SECRETKEY");
        return;
    }
    must (zmq_setsockopt (socket, ZMQ_CURVE_SERVERKEY, server_public, sizeof server_public) == 0
            && zmq_setsockopt (socket, ZMQ_CURVE_PUBLICKEY, client_public, sizeof client_public) == 0
            && zmq_setsockopt (socket, ZMQ_CURVE_SECRETKEY, client_secret, sizeof client_secret) == 0,
          "CURVE keys");
}

#define PUSH_PULL(name, group, size, floor) PER_TRANSPORT ("push_pull_" name, "PUSH/PULL " group, RATE, size, floor, pull, push)
#define CURVE(name, group, size) ROW ("curve_" name "/tcp", "CURVE " group, "tcp", RATE, size, "none", pull, push, .arrange = curve)

const struct bench_case stream_cases[] = {
  PUSH_PULL ("8", "8 B", 8, "none"),
  PUSH_PULL ("32", "32 B", 32, "none"),
  PUSH_PULL ("64", "64 B", 64, "none"),
  PUSH_PULL ("128", "128 B", 128, "none"),
  PUSH_PULL ("256", "256 B", 256, "none"),
  PUSH_PULL ("1k", "1 KiB", 1024, "none"),
  PUSH_PULL ("4k", "4 KiB", 4096, "none"),
  PUSH_PULL ("16k", "16 KiB", 16384, "floor_stream_16k"),
  PUSH_PULL ("64k", "64 KiB", 65536, "floor_stream_64k"),
  PUSH_PULL ("1m", "1 MiB", 1 << 20, "floor_stream_1m"),
  CURVE ("100", "100 B", 100),
  CURVE ("1k", "1 KiB", 1024),
  CURVE ("4k", "4 KiB", 4096),
  CURVE ("64k", "64 KiB", 65536),
  {0},
};
