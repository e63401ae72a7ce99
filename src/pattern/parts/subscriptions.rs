//! Who has subscribed to what: the publisher's topics with their pipes, and the subscriber's own topics with their counts.
//!
//! A publisher keeps a set of pipes for each topic, not a count: a subscriber says a repeated subscription again but
//! cancels once. For each pipe it also knows the topics, so that a peer that leaves costs what that peer had, not what all
//! have.

use std::collections::{HashMap, HashSet};

use super::trie::{NodeId, Trie};
use crate::pipe::PipeId;

/// What [`Subscriptions::remove`] found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Removed {
    /// The pipe had no such subscription.
    Nothing,
    /// It was the last of the topic.
    Last,
    /// Other pipes keep the topic.
    OneOfMany,
}

/// The pipes of a topic, sorted. Most topics have one, which is in the tree's node itself.
enum Subscribers {
    One(PipeId),
    Several(Vec<PipeId>),
}

impl Subscribers {
    fn ids(&self) -> &[PipeId] {
        match self {
            Self::One(id) => std::slice::from_ref(id),
            Self::Several(ids) => ids,
        }
    }

    /// False if it is there already.
    fn insert(&mut self, id: PipeId) -> bool {
        let Err(place) = self.ids().binary_search(&id) else { return false };
        match self {
            Self::One(other) => {
                let mut ids = vec![*other];
                ids.insert(place, id);
                *self = Self::Several(ids);
            }
            Self::Several(ids) => ids.insert(place, id),
        }
        true
    }
}

/// The publisher's topics.
#[derive(Default)]
pub struct Subscriptions {
    /// The pipes of each topic, at least one.
    topics: Trie<Subscribers>,
    of_pipe: HashMap<PipeId, HashSet<NodeId>>,
}

impl Subscriptions {
    /// Subscribes a pipe. Whether it is the first one of the topic.
    pub fn insert(&mut self, pipe: PipeId, topic: &[u8]) -> bool {
        let node = self.topics.make(topic);
        let subscribers = self.topics.value_mut(node);
        let first = subscribers.is_none();
        let new = match subscribers {
            Some(subscribers) => subscribers.insert(pipe),
            None => {
                *subscribers = Some(Subscribers::One(pipe));
                true
            }
        };
        if new {
            self.of_pipe.entry(pipe).or_default().insert(node);
        }
        first
    }

    /// Ends a subscription of a pipe.
    pub fn remove(&mut self, pipe: PipeId, topic: &[u8]) -> Removed {
        let Some(node) = self.topics.find(topic) else { return Removed::Nothing };
        let removed = self.remove_at(pipe, node);
        if removed != Removed::Nothing {
            self.forget(pipe, node);
        }
        removed
    }

    fn forget(&mut self, pipe: PipeId, node: NodeId) {
        if let Some(nodes) = self.of_pipe.get_mut(&pipe) {
            nodes.remove(&node);
            if nodes.is_empty() {
                self.of_pipe.remove(&pipe);
            }
        }
    }

    fn remove_at(&mut self, pipe: PipeId, node: NodeId) -> Removed {
        let Some(subscribers) = self.topics.value_mut(node) else { return Removed::Nothing };
        let Ok(place) = subscribers.ids().binary_search(&pipe) else { return Removed::Nothing };
        match subscribers {
            Subscribers::Several(ids) if ids.len() > 1 => {
                ids.remove(place);
                Removed::OneOfMany
            }
            _ => {
                self.topics.remove(node);
                Removed::Last
            }
        }
    }

    /// Ends all subscriptions of a pipe: each topic, in order, and whether it was the topic's last.
    pub fn remove_pipe(&mut self, pipe: PipeId, mut f: impl FnMut(&[u8], Removed)) {
        let nodes = self.of_pipe.remove(&pipe).unwrap_or_default();
        let mut topics: Vec<_> = nodes.into_iter().map(|node| (self.topics.key(node), node)).collect();
        topics.sort_unstable();
        for (topic, node) in topics {
            let removed = self.remove_at(pipe, node);
            f(&topic, removed);
        }
    }

    /// Calls `f` for the pipes of every topic that `data` begins with; for a pipe of several such topics more than once.
    pub fn matching(&self, data: &[u8], mut f: impl FnMut(PipeId)) {
        self.topics.prefixes(data, |subscribers| {
            subscribers.ids().iter().for_each(|&pipe| f(pipe));
            true
        });
    }
}

/// The subscriber's topics.
#[derive(Default)]
pub struct TopicSet {
    /// How often each topic was subscribed to, never 0.
    counts: Trie<u64>,
}

impl TopicSet {
    /// Subscribes once (more).
    pub fn insert(&mut self, topic: &[u8]) {
        let node = self.counts.make(topic);
        *self.counts.value_mut(node).get_or_insert_default() += 1;
    }

    /// Cancels once. Whether that was the last of the topic.
    pub fn remove(&mut self, topic: &[u8]) -> bool {
        let Some(node) = self.counts.find(topic) else { return false };
        let Some(count) = self.counts.value_mut(node) else { return false };
        *count -= 1;
        let last = *count == 0;
        if last {
            self.counts.remove(node);
        }
        last
    }

    /// Whether a topic is a beginning of `data`.
    pub fn matches(&self, data: &[u8]) -> bool {
        let mut found = false;
        self.counts.prefixes(data, |_| {
            found = true;
            false
        });
        found
    }

    /// Every topic once, in order.
    pub fn topics(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        self.counts.ids().into_iter().map(|node| self.counts.key(node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipe(n: u64) -> PipeId {
        PipeId::from_token(1 << 32 | n)
    }

    fn matching(subscriptions: &Subscriptions, data: &[u8]) -> Vec<PipeId> {
        let mut found = Vec::new();
        subscriptions.matching(data, |id| found.push(id));
        found
    }

    #[test]
    fn a_pipe_counts_once_for_each_topic() {
        let mut subscriptions = Subscriptions::default();
        assert!(subscriptions.insert(pipe(1), b"t"));
        assert!(!subscriptions.insert(pipe(1), b"t"));
        assert!(!subscriptions.insert(pipe(2), b"t"));
        assert_eq!(matching(&subscriptions, b"topic"), [pipe(1), pipe(2)]);
        assert_eq!(subscriptions.remove(pipe(1), b"t"), Removed::OneOfMany);
        assert_eq!(subscriptions.remove(pipe(1), b"t"), Removed::Nothing);
        assert_eq!(subscriptions.remove(pipe(2), b"topic"), Removed::Nothing);
        assert_eq!(subscriptions.remove(pipe(2), b"t"), Removed::Last);
        assert!(subscriptions.topics.ids().is_empty() && subscriptions.of_pipe.is_empty());
    }

    #[test]
    fn a_hundred_thousand_topics() {
        let mut subscriptions = Subscriptions::default();
        let topic = |i: u64| format!("site/{}/sensor/{i}", i % 100).into_bytes();
        (0..100_000).for_each(|i| assert!(subscriptions.insert(pipe(i % 1000), &topic(i))));
        for i in [0, 1, 99_999] {
            // "…/sensor/99999" begins with "…/sensor/99" too, where that is of the same site.
            assert!(matching(&subscriptions, &[&topic(i)[..], b".value"].concat()).contains(&pipe(i % 1000)));
        }
        let mut cancelled = Vec::new();
        subscriptions.remove_pipe(pipe(7), |topic, removed| cancelled.push((topic.to_vec(), removed)));
        assert_eq!(cancelled.len(), 100);
        assert!(
            cancelled.is_sorted_by(|a, b| a.0 < b.0) && cancelled.iter().all(|(_, removed)| *removed == Removed::Last)
        );
        (0..1000).for_each(|n| subscriptions.remove_pipe(pipe(n), |_, _| {}));
        assert!(matching(&subscriptions, &topic(1)).is_empty());
    }

    #[test]
    fn long_topics_need_no_stack() {
        let run = || {
            let (mut subscriptions, mut topics) = (Subscriptions::default(), TopicSet::default());
            let long = vec![7; 1 << 20];
            // Each one a byte shorter, so that there is a chain of nodes, and then one at the far end.
            for n in 0..2_000 {
                subscriptions.insert(pipe(1), &long[..2_000 - n]);
                topics.insert(&long[..n]);
            }
            subscriptions.insert(pipe(2), &long);
            topics.insert(&long);
            assert_eq!(matching(&subscriptions, &long).len(), 2_001);
            assert!(topics.matches(&long) && topics.topics().count() == 2_001);
            assert_eq!(subscriptions.remove(pipe(2), &long), Removed::Last);
            subscriptions.remove_pipe(pipe(1), |_, _| {});
            assert!(topics.remove(&long) && !topics.remove(&long));
        };
        std::thread::Builder::new().stack_size(64 << 10).spawn(run).unwrap().join().unwrap();
    }

    #[test]
    fn topics_of_a_subscriber_are_counted() {
        let mut topics = TopicSet::default();
        assert!(!topics.matches(b"") && !topics.remove(b""));
        topics.insert(b"t");
        topics.insert(b"t");
        assert!(!topics.matches(b"") && topics.matches(b"t") && topics.matches(b"topic") && !topics.matches(b"x"));
        assert!(!topics.remove(b"t") && topics.remove(b"t") && !topics.remove(b"t"));
        topics.insert(b"");
        assert!(topics.matches(b"") && topics.matches(b"x"));
    }
}
