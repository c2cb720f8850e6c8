"""Delivery to WebDAV servers (RFC 4918), with what Nextcloud and ownCloud add."""
