//! Settings of the network: where to listen, whom to believe about the client, TLS.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

use url::Url;

use super::reader::Reader;

/// A range of addresses, as `10.0.0.0/8` or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    base: IpAddr,
    prefix: u8,
}

/// The text names no range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an address range such as 10.0.0.0/8 or 192.0.2.7")]
pub struct InvalidCidr;

/// Certificate chain and private key, PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Addresses, TLS, proxies.
#[derive(Debug, Clone)]
pub struct NetworkSettings {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Whether the operator chose it: a process without the role api listens only then.
    pub listen_is_set: bool,
    /// The address people type, where it differs from the one we listen on; no path, no trailing slash.
    pub public_url: Option<Url>,
    /// Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
    pub trusted_proxies: Vec<Cidr>,
    /// Served over TLS by this process where given.
    pub tls: Option<TlsFiles>,
    /// Who may read `/metrics` beside loopback.
    pub metrics_allow: Vec<Cidr>,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            listen_is_set: false,
            public_url: None,
            trusted_proxies: Vec::new(),
            tls: None,
            metrics_allow: Vec::new(),
        }
    }
}

impl NetworkSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let default = Self::default();
        let listen = reader.take_one("listen", |text| {
            text.parse().map_err(|_| "write an address and a port, as 127.0.0.1:8080 or [::]:8080".to_owned())
        });
        Self {
            listen: listen.unwrap_or(default.listen),
            listen_is_set: listen.is_some(),
            public_url: reader.take_one("public_url", public_url),
            trusted_proxies: reader.list("trusted_proxies").unwrap_or_default(),
            tls: read_tls(reader),
            metrics_allow: reader.list("metrics_allow").unwrap_or_default(),
        }
    }
}

impl Cidr {
    /// Whether `address` lies in the range; an IPv4 address written as IPv6 counts as the IPv4 one.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                same_prefix(base.to_bits().into(), address.to_bits().into(), self.prefix, 32)
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => same_prefix(base.to_bits(), address.to_bits(), self.prefix, 128),
            _ => false,
        }
    }
}

impl FromStr for Cidr {
    type Err = InvalidCidr;

    fn from_str(text: &str) -> Result<Self, InvalidCidr> {
        let (base, prefix) = match text.split_once('/') {
            Some((base, prefix)) => (base, Some(prefix.parse::<u8>().map_err(|_| InvalidCidr)?)),
            None => (text, None),
        };
        let base: IpAddr = base.parse().map_err(|_| InvalidCidr)?;
        let width = if base.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(width);
        if prefix > width {
            return Err(InvalidCidr);
        }
        Ok(Self { base, prefix })
    }
}

fn read_tls(reader: &mut Reader) -> Option<TlsFiles> {
    let (cert, key) = (reader.path("tls.cert"), reader.path("tls.key"));
    match (cert, key) {
        (Some(cert), Some(key)) => Some(TlsFiles { cert, key }),
        (Some(_), None) => {
            reader.fault("tls.cert", "a certificate needs its key: set tls.key too");
            None
        }
        (None, Some(_)) => {
            reader.fault("tls.key", "a key needs its certificate: set tls.cert too");
            None
        }
        (None, None) => None,
    }
}

fn public_url(text: &str) -> Result<Url, String> {
    let wrong = || "write an address as https://video.example.org, without a path".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let is_origin = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if is_origin { Ok(url) } else { Err(wrong()) }
}

fn same_prefix(a: u128, b: u128, prefix: u8, width: u8) -> bool {
    let ignored = u32::from(width - prefix);
    // A shift by the whole width is no shift in Rust: a prefix of nothing matches everything.
    a.checked_shr(ignored).unwrap_or(0) == b.checked_shr(ignored).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_what_shares_its_prefix() {
        let range: Cidr = "10.1.0.0/16".parse().unwrap();
        assert!(range.contains("10.1.255.3".parse().unwrap()));
        assert!(range.contains("::ffff:10.1.0.1".parse().unwrap()));
        assert!(!range.contains("10.2.0.1".parse().unwrap()));
        assert!(!range.contains("::1".parse().unwrap()));
        let all: Cidr = "::/0".parse().unwrap();
        assert!(all.contains("2001:db8::1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "localhost", "10.0.0.0/-1"] {
            assert_eq!(text.parse::<Cidr>(), Err(InvalidCidr), "{text:?}");
        }
    }
}
