//! What a connection asks the ZAP handler (RFC 27) and what it hears back. The frames of the protocol itself, and who
//! answers, are the business of the session.

/// The part of a ZAP request that the mechanism knows; domain, address and routing id are added by who sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Name of the mechanism.
    pub mechanism: &'static str,
    /// Its credentials: none for NULL, user name and password for PLAIN, the client's public key for CURVE.
    pub credentials: Vec<Vec<u8>>,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// No handler is bound; each mechanism has its own rule for that.
    NoHandler,
    /// The handler answered.
    Answered {
        /// 200, 300, 400 or 500.
        status: i32,
        /// Becomes the User-Id of the connection's messages.
        user_id: Vec<u8>,
        /// Properties that become part of the connection's metadata.
        metadata: super::Properties,
    },
}
