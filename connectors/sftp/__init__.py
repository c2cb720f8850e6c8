"""Delivery to SSH servers, by SFTP version 3 (draft-ietf-secsh-filexfer-02) and OpenSSH's posix-rename."""
