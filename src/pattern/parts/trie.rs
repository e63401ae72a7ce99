//! A radix tree over byte strings: what both sides of publish-subscribe keep their topics in.
//!
//! Each node has a label of one or more bytes (only the root's is empty), so a long topic is a few nodes, not one for each
//! byte. Nodes live in one vector and name each other by index; every walk is a loop, so neither a topic of a megabyte nor
//! a crowd of topics can exhaust a stack. The index of a node that holds a value does not change as long as it does.
//!
//! With a hundred thousand topics a walk is a row of cache misses: a node is one line of the cache, its label included
//! unless it is a long one, and its children are another.

/// Names a node that holds a value.
pub type NodeId = u32;

const ROOT: NodeId = 0;

#[derive(Clone, Copy)]
struct Child {
    /// First byte of the child's label; children are sorted by it.
    key: u8,
    node: NodeId,
}

/// Longest label that is kept in the node, in bytes.
const SHORT: usize = 14;

/// Bytes between a node and the one above.
enum Label {
    Short {
        length: u8,
        bytes: [u8; SHORT],
    },
    /// In two steps, because that makes the node smaller.
    #[allow(clippy::box_collection)]
    Long(Box<Vec<u8>>),
}

impl From<&[u8]> for Label {
    fn from(label: &[u8]) -> Self {
        let mut bytes = [0; SHORT];
        match bytes.get_mut(..label.len()) {
            Some(place) => {
                place.copy_from_slice(label);
                Self::Short { length: label.len() as u8, bytes }
            }
            None => Self::Long(Box::new(label.to_vec())),
        }
    }
}

impl std::ops::Deref for Label {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Short { length, bytes } => &bytes[..usize::from(*length).min(SHORT)],
            Self::Long(bytes) => bytes,
        }
    }
}

#[repr(align(64))]
struct Node<V> {
    label: Label,
    children: Box<[Child]>,
    value: Option<V>,
    parent: NodeId,
}

impl<V> Node<V> {
    fn new(label: &[u8], parent: NodeId) -> Self {
        Self { label: label.into(), parent, children: Box::default(), value: None }
    }

    #[inline]
    fn find(&self, key: u8) -> Result<usize, usize> {
        self.children.binary_search_by_key(&key, |child| child.key)
    }

    #[inline]
    fn child(&self, key: u8) -> Option<NodeId> {
        self.find(key).ok().map(|place| self.children[place].node)
    }

    /// Takes a child in at its place, or out.
    fn change_children(&mut self, change: impl FnOnce(&mut Vec<Child>)) {
        let mut children = std::mem::take(&mut self.children).into_vec();
        change(&mut children);
        self.children = children.into_boxed_slice();
    }
}

/// See the module comment.
pub struct Trie<V> {
    nodes: Vec<Node<V>>,
    free: Vec<NodeId>,
}

impl<V> Default for Trie<V> {
    fn default() -> Self {
        Self { nodes: vec![Node::new(&[], ROOT)], free: Vec::new() }
    }
}

impl<V> Trie<V> {
    fn node(&self, id: NodeId) -> &Node<V> {
        &self.nodes[id as usize]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node<V> {
        &mut self.nodes[id as usize]
    }

    /// The value at a node.
    pub fn value_mut(&mut self, id: NodeId) -> &mut Option<V> {
        &mut self.node_mut(id).value
    }

    /// The node of a key, made if there is none. The caller puts a value there.
    pub fn make(&mut self, key: &[u8]) -> NodeId {
        let (mut at, mut rest) = (ROOT, key);
        while let Some(&first) = rest.first() {
            match self.node(at).find(first) {
                Err(place) => {
                    let leaf = self.add(Node::new(rest, at));
                    let child = Child { key: first, node: leaf };
                    self.node_mut(at).change_children(|children| children.insert(place, child));
                    return leaf;
                }
                Ok(place) => {
                    let common = common_length(&self.node(self.node(at).children[place].node).label, rest);
                    at = self.split(at, place, common);
                    rest = &rest[common..];
                }
            }
        }
        at
    }

    fn add(&mut self, node: Node<V>) -> NodeId {
        match self.free.pop() {
            Some(id) => {
                *self.node_mut(id) = node;
                id
            }
            None => {
                self.nodes.push(node);
                (self.nodes.len() - 1) as NodeId
            }
        }
    }

    /// The node that ends `length` bytes into the label of a child: the child itself, or a new one in between.
    fn split(&mut self, parent: NodeId, place: usize, length: usize) -> NodeId {
        let lower = self.node(parent).children[place].node;
        if length == self.node(lower).label.len() {
            return lower;
        }
        let label = std::mem::replace(&mut self.node_mut(lower).label, Label::from(&[][..]));
        let (head, tail) = label.split_at(length);
        let mut middle = Node::new(head, parent);
        middle.children = Box::new([Child { key: tail[0], node: lower }]);
        let middle = self.add(middle);
        self.node_mut(parent).children[place].node = middle;
        let node = self.node_mut(lower);
        (node.label, node.parent) = (tail.into(), middle);
        middle
    }

    /// The node of a key, if it holds a value.
    pub fn find(&self, key: &[u8]) -> Option<NodeId> {
        let (mut at, mut rest) = (ROOT, key);
        while let Some(&first) = rest.first() {
            at = self.node(at).child(first)?;
            rest = rest.strip_prefix(&*self.node(at).label)?;
        }
        self.node(at).value.is_some().then_some(at)
    }

    /// The values of all keys that `data` begins with, shortest first, until `f` says false.
    pub fn prefixes(&self, data: &[u8], mut f: impl FnMut(&V) -> bool) {
        let (mut node, mut rest) = (self.node(ROOT), data);
        loop {
            if !node.value.as_ref().is_none_or(&mut f) {
                return;
            }
            let Some(child) = rest.first().and_then(|&first| node.child(first)) else { return };
            node = self.node(child);
            let Some(behind) = rest.strip_prefix(&*node.label) else { return };
            rest = behind;
        }
    }

    /// The key of a node.
    pub fn key(&self, id: NodeId) -> Vec<u8> {
        let (mut at, mut labels) = (id, Vec::new());
        while at != ROOT {
            labels.push(&*self.node(at).label);
            at = self.node(at).parent;
        }
        labels.reverse();
        labels.concat()
    }

    /// All nodes that hold a value, in the order of their keys.
    pub fn ids(&self) -> Vec<NodeId> {
        let (mut found, mut todo) = (Vec::new(), vec![ROOT]);
        while let Some(at) = todo.pop() {
            let node = self.node(at);
            if node.value.is_some() {
                found.push(at);
            }
            todo.extend(node.children.iter().rev().map(|child| child.node));
        }
        found
    }

    /// Removes a value, and the nodes that no key needs any more.
    pub fn remove(&mut self, id: NodeId) {
        self.node_mut(id).value = None;
        let mut at = id;
        while at != ROOT && self.node(at).value.is_none() {
            match self.node(at).children.len() {
                0 => at = self.unhook(at),
                1 => return self.join(at),
                _ => return,
            }
        }
    }

    fn release(&mut self, id: NodeId) -> Node<V> {
        self.free.push(id);
        std::mem::replace(self.node_mut(id), Node::new(&[], ROOT))
    }

    /// Takes a leaf away; its parent.
    fn unhook(&mut self, leaf: NodeId) -> NodeId {
        let Node { label, parent, .. } = self.release(leaf);
        let node = self.node_mut(parent);
        if let Ok(place) = node.find(label[0]) {
            node.change_children(|children| {
                children.remove(place);
            });
        }
        parent
    }

    /// Puts a node without a value together with its only child, which keeps its index.
    fn join(&mut self, id: NodeId) {
        let Node { label, parent, children, .. } = self.release(id);
        for Child { node: lower, .. } in children {
            let node = self.node_mut(lower);
            (node.label, node.parent) = ([&*label, &*node.label].concat()[..].into(), parent);
            if let Ok(place) = self.node(parent).find(label[0]) {
                self.node_mut(parent).children[place].node = lower;
            }
        }
    }
}

fn common_length(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn prefixes(trie: &Trie<u32>, data: &[u8]) -> Vec<u32> {
        let mut found = Vec::new();
        trie.prefixes(data, |&value| {
            found.push(value);
            true
        });
        found
    }

    proptest! {
        /// Against a plain map, over keys of few letters so that they share prefixes, split and join.
        #[test]
        fn behaves_like_a_map(steps in prop::collection::vec((prop::bool::ANY, "[ab]{0,6}", 0u32..1000), 1..80), probe in "[ab]{0,8}") {
            let (mut trie, mut map) = (Trie::default(), BTreeMap::new());
            for (insert, key, value) in steps {
                let key = key.into_bytes();
                if insert {
                    let id = trie.make(&key);
                    *trie.value_mut(id) = Some(value);
                    map.insert(key, value);
                } else {
                    let id = trie.find(&key);
                    prop_assert_eq!(id.is_some(), map.remove(&key).is_some());
                    id.into_iter().for_each(|id| trie.remove(id));
                }
                let keys: Vec<_> = trie.ids().into_iter().map(|id| trie.key(id)).collect();
                prop_assert_eq!(&keys, &map.keys().cloned().collect::<Vec<_>>());
                // No more nodes than a radix tree needs: the root, one for each key, one for each fork.
                prop_assert!(trie.nodes.len() - trie.free.len() <= 2 * map.len() + 1);
            }
            let probe = probe.into_bytes();
            let expected: Vec<_> = map.iter().filter(|(key, _)| probe.starts_with(key)).map(|(_, &value)| value).collect();
            prop_assert_eq!(prefixes(&trie, &probe), expected);
        }
    }

    #[test]
    fn a_node_is_a_line_of_the_cache() {
        assert_eq!((size_of::<Node<Vec<u8>>>(), align_of::<Node<Vec<u8>>>()), (64, 64));
    }

    /// Labels as long as a node has room for, longer ones, and what splitting and joining makes of them.
    #[test]
    fn labels_may_be_short_or_long() {
        for length in [1, SHORT - 1, SHORT, SHORT + 1, 2 * SHORT, 300] {
            let (mut trie, key) = (Trie::default(), vec![b'x'; length]);
            let ids = [1, length].map(|end| trie.make(&key[..end]));
            ids.iter().for_each(|&id| *trie.value_mut(id) = Some(id));
            assert_eq!(prefixes(&trie, &key).last(), Some(&ids[1]));
            assert_eq!((trie.key(ids[1]), trie.find(&key)), (key.clone(), Some(ids[1])));
            trie.remove(ids[0]);
            assert_eq!(trie.find(&key), (length > 1).then_some(ids[1]));
        }
    }

    #[test]
    fn values_keep_their_node() {
        let mut trie = Trie::default();
        let long = trie.make(b"weather.berlin");
        *trie.value_mut(long) = Some(1);
        let short = trie.make(b"weather");
        *trie.value_mut(short) = Some(2);
        assert_eq!((trie.find(b"weather.berlin"), trie.key(long)), (Some(long), b"weather.berlin".to_vec()));
        trie.remove(short);
        assert_eq!((trie.find(b"weather.berlin"), trie.find(b"weather")), (Some(long), None));
    }
}
