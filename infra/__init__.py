"""The ground that the factory runs on: local servers, images, Helm chart, cloud resources, dashboards.

Imports nothing of the project but foundry.errors.
"""
