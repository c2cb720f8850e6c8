"""Object stores: a folder or a bucket, behind one interface, by one address.

Imports nothing of the project but foundry.errors and foundry.tenant.
"""
