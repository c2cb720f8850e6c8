"""Metadata of delivered files, written into finished files of every format without a change of their pixels."""
