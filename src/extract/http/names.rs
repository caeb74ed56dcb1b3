//! Names to addresses: whoever looks them up, only addresses that were judged are handed to the connector.

use std::{io, net::IpAddr, net::SocketAddr, sync::Arc};

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard;
use crate::settings::Host;

/// Looks names up. The system's resolver does it for the night; a test may give answers of its own, another one each time.
pub trait Names: Send + Sync {
    /// Every address of a name.
    fn look_up(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The system's resolver: `/etc/hosts`, DNS, and whatever else the machine is told to ask.
#[derive(Debug, Clone, Copy)]
pub struct System;

impl Names for System {
    fn look_up(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    }
}

/// The resolver of the clients: what it answers was judged in the same breath, so that no second answer can differ.
#[derive(Clone)]
pub(super) struct Judged(pub Arc<dyn Names>);

impl Resolve for Judged {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().trim_end_matches('.').to_ascii_lowercase();
        let found = self.0.look_up(name.clone());
        Box::pin(async move {
            let addresses = found.await?;
            guard::judge_all(&Host::Name(name), &addresses)?;
            if addresses.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            // The connector puts the port in the place of 0.
            let addresses = addresses.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
