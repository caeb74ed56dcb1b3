//! What an HTTP server says of a version of a resource, to be sent back when it is asked for again (RFC 9110 §8.8).

/// `ETag` and `Last-Modified` of a whole answer, word for word. They mean "use that landed file", never "done".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

impl Validators {
    /// True when the server gave nothing to ask with.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}
