//! Who is at the other end: the connection's own address and scheme, or what a trusted proxy says of them.

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap, HeaderName},
    middleware::Next,
    response::Response,
};

use crate::{app::App, config::Cidr};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The connection as the listener saw it; put into every request by [`crate::listener`].
#[derive(Debug, Clone, Copy)]
pub struct Connection {
    /// The other end.
    pub address: IpAddr,
    /// Whether it is TLS.
    pub tls: bool,
}

/// The client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// Whether it speaks https.
    pub secure: bool,
    /// Whether a proxy spoke for it.
    pub proxied: bool,
}

impl Peer {
    /// The peer of a request that passed [`identify`]; else someone unknown over plain http.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self {
            address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            secure: false,
            proxied: false,
        })
    }
}

/// Works out the [`Peer`] and puts it into the request.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if let Some(connection) = request.extensions().get::<Connection>().copied() {
        let peer = judge(connection, request.headers(), &app.config.network.trusted_proxies);
        request.extensions_mut().insert(peer);
    }
    next.run(request).await
}

fn judge(connection: Connection, headers: &HeaderMap, trusted: &[Cidr]) -> Peer {
    let is_trusted = |address: IpAddr| trusted.iter().any(|range| range.contains(address));
    let mut peer = Peer { address: connection.address.to_canonical(), secure: connection.tls, proxied: false };
    if !is_trusted(connection.address) {
        return peer;
    }
    // Each proxy appends whom it saw: from the right, the first one that is no proxy of ours is the client.
    let said = headers.get_all(FORWARDED_FOR).iter().rev();
    let addresses = said.flat_map(|value| value.to_str().unwrap_or("").rsplit(','));
    for text in addresses {
        peer.proxied = true;
        let Some(address) = parse_address(text.trim()) else { break };
        peer.address = address.to_canonical();
        if !is_trusted(address) {
            break;
        }
    }
    let scheme = headers.get(FORWARDED_PROTO).and_then(|value| value.to_str().ok());
    if let Some(scheme) = scheme.and_then(|value| value.split(',').next()) {
        peer.proxied = true;
        peer.secure = scheme.trim().eq_ignore_ascii_case("https");
    }
    peer
}

/// An address, with or without a port.
fn parse_address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(from: &str, headers: &[(HeaderName, &str)]) -> Peer {
        let connection = Connection { address: from.parse().unwrap(), tls: false };
        let map = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        judge(connection, &map, &["10.0.0.0/8".parse().unwrap()])
    }

    #[test]
    fn strangers_are_not_believed() {
        let peer = seen("192.0.2.1", &[(FORWARDED_FOR, "198.51.100.9"), (FORWARDED_PROTO, "https")]);
        assert_eq!(peer.address.to_string(), "192.0.2.1");
        assert!(!peer.secure);
    }

    #[test]
    fn a_trusted_proxy_speaks_for_its_client() {
        let peer =
            seen("10.0.0.1", &[(FORWARDED_FOR, "203.0.113.7, 198.51.100.9, 10.0.0.2"), (FORWARDED_PROTO, "https")]);
        assert_eq!(peer.address.to_string(), "198.51.100.9");
        assert!(peer.secure && peer.proxied);
    }

    #[test]
    fn what_is_no_address_ends_the_search() {
        let peer = seen("10.0.0.1", &[(FORWARDED_FOR, "203.0.113.7, unknown")]);
        assert_eq!(peer.address.to_string(), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[(FORWARDED_FOR, "[2001:db8::1]:443")]).address.to_string(), "2001:db8::1");
    }
}
