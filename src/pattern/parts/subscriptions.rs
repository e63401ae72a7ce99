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

/// The publisher's topics.
#[derive(Default)]
pub struct Subscriptions {
    /// The pipes of each topic, sorted, never empty.
    topics: Trie<Vec<PipeId>>,
    of_pipe: HashMap<PipeId, HashSet<NodeId>>,
}

impl Subscriptions {
    /// Subscribes a pipe. Whether it is the first one of the topic.
    pub fn insert(&mut self, pipe: PipeId, topic: &[u8]) -> bool {
        let node = self.topics.make(topic);
        let pipes = self.topics.value_mut(node).get_or_insert_default();
        let first = pipes.is_empty();
        if let Err(place) = pipes.binary_search(&pipe) {
            pipes.insert(place, pipe);
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
        let Some(pipes) = self.topics.value_mut(node) else { return Removed::Nothing };
        let Ok(place) = pipes.binary_search(&pipe) else { return Removed::Nothing };
        pipes.remove(place);
        if pipes.is_empty() {
            self.topics.remove(node);
            return Removed::Last;
        }
        Removed::OneOfMany
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
        self.topics.prefixes(data, |pipes| {
            pipes.iter().for_each(|&pipe| f(pipe));
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
