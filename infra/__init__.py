"""What the factory runs on: servers of this machine, images, chart, cloud resources, dashboards.

Imports nothing of the project but foundry.errors.
"""
