//! Work and its leases.
