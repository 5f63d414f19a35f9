//! Tenant name and region to a host, and nothing but a host.
