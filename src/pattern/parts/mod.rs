//! What the socket types are put together from: orders of pipes for receiving (`fair_queue`), for sending to one of many
//! (`load_balancer`) and to all that match (`fan_out`); what is subscribed (`trie`, `subscriptions`); who is called what
//! (`routing_table`). Each part knows pipes by id only and does one thing; the types in the folder above compose them.

mod fair_queue;
mod fan_out;
mod load_balancer;
mod places;
mod routing_table;
mod subscriptions;
mod trie;

pub use fair_queue::FairQueue;
pub use fan_out::FanOut;
pub use load_balancer::LoadBalancer;
pub use routing_table::RoutingTable;
pub use subscriptions::{Removed, Subscriptions, TopicSet};

use crate::msg::{Control, Msg};
use crate::pipe::{PipeId, Pipes};

/// Throws away what a peer sends to a type that does not receive. It also arms the event that tells of more, and notices
/// when the peer has gone.
pub fn discard_all(pipes: &mut Pipes, id: PipeId) {
    while pipes.read(id).is_some() {}
}

/// ZMQ_PROBE_ROUTER: greets a new peer with an empty message.
pub fn greet(pipes: &mut Pipes, id: PipeId) {
    if pipes.can_write(id) && pipes.write(id, Msg::new()).is_ok() {
        pipes.flush(id);
    }
}

/// What a message means to a publisher.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// A subscription to the topic.
    Subscribe,
    /// Its end.
    Cancel,
}

/// The wish that a part expresses, and its topic: a command of ZMTP 3.1, or a message of older peers and of raw
/// applications (29/PUBSUB), whose first byte is 1 or 0. None: it is an ordinary part.
pub fn wish(msg: &Msg) -> Option<(Wish, &[u8])> {
    match (msg.control(), msg.data()) {
        (Control::Subscribe, topic) => Some((Wish::Subscribe, topic)),
        (Control::Cancel, topic) => Some((Wish::Cancel, topic)),
        (Control::None, [1, topic @ ..]) => Some((Wish::Subscribe, topic)),
        (Control::None, [0, topic @ ..]) => Some((Wish::Cancel, topic)),
        _ => None,
    }
}

/// A starting point for counters that peers see (routing ids, request ids), different in each socket, so that numbers
/// of an earlier life are not taken for those of this one.
pub fn random_start() -> u32 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish() as u32
}
