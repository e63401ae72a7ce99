/* Every function of zmq.h once more, with the prototype of its manual page. C lets a declaration be repeated if it is
 * compatible, so this file compiles with a header that says the same, and only then: with libzmq's and with ours. */
#include <zmq.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

void zmq_version (int *major, int *minor, int *patch);
int zmq_errno (void);
const char *zmq_strerror (int errnum);
int zmq_has (const char *capability);

void *zmq_ctx_new (void);
int zmq_ctx_term (void *context);
int zmq_ctx_shutdown (void *context);
int zmq_ctx_set (void *context, int option_name, int option_value);
int zmq_ctx_get (void *context, int option_name);
void *zmq_init (int io_threads);
int zmq_term (void *context);
int zmq_ctx_destroy (void *context);

int zmq_msg_init (zmq_msg_t *msg);
int zmq_msg_init_size (zmq_msg_t *msg, size_t size);
int zmq_msg_init_data (zmq_msg_t *msg, void *data, size_t size, zmq_free_fn *ffn, void *hint);
int zmq_msg_send (zmq_msg_t *msg, void *socket, int flags);
int zmq_msg_recv (zmq_msg_t *msg, void *socket, int flags);
int zmq_msg_close (zmq_msg_t *msg);
int zmq_msg_move (zmq_msg_t *dest, zmq_msg_t *src);
int zmq_msg_copy (zmq_msg_t *dest, zmq_msg_t *src);
void *zmq_msg_data (zmq_msg_t *msg);
size_t zmq_msg_size (const zmq_msg_t *msg);
int zmq_msg_more (const zmq_msg_t *msg);
int zmq_msg_get (const zmq_msg_t *msg, int property);
int zmq_msg_set (zmq_msg_t *msg, int property, int value);
const char *zmq_msg_gets (const zmq_msg_t *msg, const char *property);

void *zmq_socket (void *context, int type);
int zmq_close (void *socket);
int zmq_setsockopt (void *socket, int option_name, const void *option_value, size_t option_len);
int zmq_getsockopt (void *socket, int option_name, void *option_value, size_t *option_len);
int zmq_bind (void *socket, const char *endpoint);
int zmq_connect (void *socket, const char *endpoint);
int zmq_unbind (void *socket, const char *endpoint);
int zmq_disconnect (void *socket, const char *endpoint);
int zmq_send (void *socket, const void *buf, size_t len, int flags);
int zmq_send_const (void *socket, const void *buf, size_t len, int flags);
int zmq_recv (void *socket, void *buf, size_t len, int flags);
int zmq_socket_monitor (void *socket, const char *endpoint, int events);
int zmq_sendmsg (void *socket, zmq_msg_t *msg, int flags);
int zmq_recvmsg (void *socket, zmq_msg_t *msg, int flags);
int zmq_sendiov (void *socket, struct iovec *iov, size_t count, int flags);
int zmq_recviov (void *socket, struct iovec *iov, size_t *count, int flags);

int zmq_poll (zmq_pollitem_t *items, int nitems, long timeout);
int zmq_proxy (void *frontend, void *backend, void *capture);
int zmq_proxy_steerable (void *frontend, void *backend, void *capture, void *control);
int zmq_device (int type, void *frontend, void *backend);

char *zmq_z85_encode (char *dest, const uint8_t *data, size_t size);
uint8_t *zmq_z85_decode (uint8_t *dest, const char *string);
int zmq_curve_keypair (char *z85_public_key, char *z85_secret_key);
int zmq_curve_public (char *z85_public_key, const char *z85_secret_key);

void *zmq_atomic_counter_new (void);
void zmq_atomic_counter_set (void *counter, int value);
int zmq_atomic_counter_inc (void *counter);
int zmq_atomic_counter_dec (void *counter);
int zmq_atomic_counter_value (void *counter);
void zmq_atomic_counter_destroy (void **counter_p);

void *zmq_timers_new (void);
int zmq_timers_destroy (void **timers_p);
int zmq_timers_add (void *timers, size_t interval, zmq_timer_fn handler, void *arg);
int zmq_timers_cancel (void *timers, int timer_id);
int zmq_timers_set_interval (void *timers, int timer_id, size_t interval);
int zmq_timers_reset (void *timers, int timer_id);
long zmq_timers_timeout (void *timers);
int zmq_timers_execute (void *timers);

void *zmq_stopwatch_start (void);
unsigned long zmq_stopwatch_intermediate (void *watch);
unsigned long zmq_stopwatch_stop (void *watch);
void zmq_sleep (int seconds);
void *zmq_threadstart (zmq_thread_fn *func, void *arg);
void zmq_threadclose (void *thread);

#ifdef ZMQ_BUILD_DRAFT_API
int zmq_ctx_set_ext (void *context, int option, const void *optval, size_t optvallen);
int zmq_ctx_get_ext (void *context, int option, void *optval, size_t *optvallen);
int zmq_msg_init_buffer (zmq_msg_t *msg, const void *buf, size_t size);
int zmq_msg_set_routing_id (zmq_msg_t *msg, uint32_t routing_id);
uint32_t zmq_msg_routing_id (zmq_msg_t *msg);
int zmq_msg_set_group (zmq_msg_t *msg, const char *group);
const char *zmq_msg_group (zmq_msg_t *msg);
int zmq_join (void *socket, const char *group);
int zmq_leave (void *socket, const char *group);
uint32_t zmq_connect_peer (void *socket, const char *endpoint);
int zmq_socket_get_peer_state (void *socket, const void *routing_id, size_t routing_id_size);
int zmq_socket_monitor_versioned (void *socket, const char *endpoint, uint64_t events, int event_version, int type);
int zmq_socket_monitor_pipes_stats (void *socket);
void *zmq_poller_new (void);
int zmq_poller_destroy (void **poller_p);
int zmq_poller_size (void *poller);
int zmq_poller_add (void *poller, void *socket, void *user_data, short events);
int zmq_poller_modify (void *poller, void *socket, short events);
int zmq_poller_remove (void *poller, void *socket);
int zmq_poller_wait (void *poller, zmq_poller_event_t *event, long timeout);
int zmq_poller_wait_all (void *poller, zmq_poller_event_t *events, int n_events, long timeout);
int zmq_poller_fd (void *poller, zmq_fd_t *fd);
int zmq_poller_add_fd (void *poller, zmq_fd_t fd, void *user_data, short events);
int zmq_poller_modify_fd (void *poller, zmq_fd_t fd, short events);
int zmq_poller_remove_fd (void *poller, zmq_fd_t fd);
#ifdef ZMQ_TOPICS_COUNT /* 4.3.5 */
int zmq_ppoll (zmq_pollitem_t *items, int nitems, long timeout, const void *sigmask);
int zmq_disconnect_peer (void *socket, uint32_t routing_id);
#endif
#endif

/* The callbacks are function types: they declare functions, and pointers to them are written with a star. */
zmq_free_fn free_something;
zmq_thread_fn run_something;
zmq_timer_fn on_timer;

struct callbacks
{
    zmq_free_fn *free_it;
    zmq_thread_fn *run_it;
    zmq_timer_fn *at_time;
};

#ifdef __cplusplus
}
#endif

/* Sizes and places that compiled programs rely on. */
#define HOLDS(name, condition) typedef char name[(condition) ? 1 : -1]
HOLDS (msg_is_64_bytes, sizeof (zmq_msg_t) == 64);
struct after_char
{
    char c;
    zmq_msg_t msg;
};
HOLDS (msg_is_aligned_like_a_pointer, offsetof (struct after_char, msg) == sizeof (void *));
HOLDS (pollitem_socket, offsetof (zmq_pollitem_t, socket) == 0);
HOLDS (pollitem_fd, offsetof (zmq_pollitem_t, fd) == sizeof (void *));
HOLDS (pollitem_events, offsetof (zmq_pollitem_t, events) == sizeof (void *) + sizeof (zmq_fd_t));
HOLDS (pollitem_revents, offsetof (zmq_pollitem_t, revents) == sizeof (void *) + sizeof (zmq_fd_t) + sizeof (short));
HOLDS (pollitem_size, sizeof (zmq_pollitem_t) == 2 * sizeof (void *));
#ifdef ZMQ_BUILD_DRAFT_API
HOLDS (event_fd, offsetof (zmq_poller_event_t, fd) == sizeof (void *));
HOLDS (event_user_data, offsetof (zmq_poller_event_t, user_data) == 2 * sizeof (void *));
HOLDS (event_events, offsetof (zmq_poller_event_t, events) == 3 * sizeof (void *));
#endif

/* The macros work in the preprocessor. */
#if ZMQ_VERSION < ZMQ_MAKE_VERSION(4, 3, 4) || !defined ZMQ_HAS_CAPABILITIES || !defined ZMQ_HAVE_TIMERS
#error "the version macros are wrong"
#endif
#if defined ZMQ_HAVE_POLLER != defined ZMQ_BUILD_DRAFT_API
#error "ZMQ_HAVE_POLLER belongs to the draft API"
#endif
