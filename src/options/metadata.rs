//! ZMQ_METADATA: properties of the application, `X-name:value`, that a handshake tells the peer, who reads them with
//! zmq_msg_gets(3). The connection encodes them behind the properties of ZMTP itself.

use super::Options;
use crate::error::{Error, Result};

const PREFIX: &[u8] = b"X-";
/// Longest name of a ZMTP property, in bytes.
const LONGEST_NAME: usize = 255;
/// Shortest text that libzmq takes, in bytes: what `X-n:v` has, though `X-:value` passes.
const SHORTEST: usize = 5;

/// Sets the option: one more property; of two with the same name the first one counts. EINVAL.
pub(super) fn set(options: &mut Options, value: Option<&[u8]>) -> Result<()> {
    let (name, value) = split(value.unwrap_or_default()).ok_or(Error::EINVAL)?;
    options.metadata.entry(name.to_vec()).or_insert_with(|| value.to_vec());
    Ok(())
}

fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = text.iter().position(|&b| b == b':')?;
    let (name, value) = (&text[..colon], &text[colon + 1..]);
    let fits = name.starts_with(PREFIX) && name.len() <= LONGEST_NAME && !value.is_empty() && text.len() >= SHORTEST;
    fits.then(|| (until_nul(name), until_nul(value)))
}

fn until_nul(text: &[u8]) -> &[u8] {
    text.split(|&b| b == 0).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(texts: &[&str]) -> Vec<(String, String)> {
        let mut options = Options::default();
        texts.iter().for_each(|text| set(&mut options, Some(text.as_bytes())).unwrap());
        let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).unwrap();
        options.metadata.iter().map(|(name, value)| (text(name), text(value))).collect()
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    #[test]
    fn properties_are_ordered_and_the_first_of_a_name_counts() {
        assert_eq!(after(&["X-b:1", "X-a:x:y", "X-b:2"]), pairs(&[("X-a", "x:y"), ("X-b", "1")]));
    }

    #[test]
    fn a_nul_ends_name_and_value() {
        assert_eq!(after(&["X-n:v\0", "X-a\0b:c\0d"]), pairs(&[("X-a", "c"), ("X-n", "v")]));
    }

    #[test]
    fn refused() {
        let long = format!("X-{}:v", "k".repeat(254));
        for text in ["", "X-key", "X-key:", "X-:v", "X:v", "key:value", "x-k:v", ":v", &long] {
            assert_eq!(set(&mut Options::default(), Some(text.as_bytes())), Err(Error::EINVAL), "{text}");
        }
        assert_eq!(after(&["X-:va"]), pairs(&[("X-", "va")]));
        assert_eq!(set(&mut Options::default(), None), Err(Error::EINVAL));
        assert_eq!(set(&mut Options::default(), Some(&long.as_bytes()[1..])), Err(Error::EINVAL));
        assert_eq!(set(&mut Options::default(), Some(format!("X-{}:v", "k".repeat(253)).as_bytes())), Ok(()));
    }
}
