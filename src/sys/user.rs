//! The user database: who is a member of which group.

use std::ffi::{CStr, CString};

use libc::{c_char, gid_t, uid_t};

/// Room for one entry of either database, in bytes; the largest groups of our world have some thousand members.
const ROOM: usize = 256 * 1024;

/// Whether the database lists the user as a member of the group. (The group that a user has by default is not listed.)
/// May block where the database is a server's.
pub fn is_listed(uid: u32, gid: u32) -> bool {
    name_of(uid).is_some_and(|name| lists(gid, &name))
}

fn name_of(uid: uid_t) -> Option<CString> {
    let mut room = vec![0 as c_char; ROOM];
    // SAFETY: all-zero bytes are a valid passwd; entry and room are written by the call, and the name lies in the room.
    unsafe {
        let mut entry: libc::passwd = std::mem::zeroed();
        let mut found = std::ptr::null_mut();
        libc::getpwuid_r(uid, &mut entry, room.as_mut_ptr(), room.len(), &mut found);
        (!found.is_null()).then(|| CStr::from_ptr(entry.pw_name).to_owned())
    }
}

fn lists(gid: gid_t, name: &CStr) -> bool {
    let mut room = vec![0 as c_char; ROOM];
    // SAFETY: as above; the members are a list of names that ends with a null pointer.
    unsafe {
        let mut entry: libc::group = std::mem::zeroed();
        let mut found = std::ptr::null_mut();
        libc::getgrgid_r(gid, &mut entry, room.as_mut_ptr(), room.len(), &mut found);
        if found.is_null() {
            return false;
        }
        let mut member = entry.gr_mem;
        while !(*member).is_null() {
            if CStr::from_ptr(*member) == name {
                return true;
            }
            member = member.add(1);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_asked_and_strangers_are_nobody() {
        assert!(name_of(0).is_some_and(|n| n.as_c_str() == c"root"));
        assert!(!is_listed(0, 4_294_000_000));
        assert!(!is_listed(4_294_000_000, 0));
    }

    #[test]
    fn members_are_those_of_the_group_file() {
        // Whatever memberships this host has; there may be none.
        for line in std::fs::read_to_string("/etc/group").unwrap_or_default().lines() {
            let fields: Vec<_> = line.split(':').collect();
            let [_, _, gid, members] = fields[..] else { continue };
            for member in members.split(',').filter(|m| !m.is_empty()) {
                let name = CString::new(member).unwrap();
                assert!(lists(gid.parse().unwrap(), &name), "{line}");
                assert!(!lists(gid.parse().unwrap(), c"no such name"));
            }
        }
    }
}
