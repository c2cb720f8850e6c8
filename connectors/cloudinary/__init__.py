"""Cloudinary as a target: signed uploads, in chunks where files are large.

Upload API: https://cloudinary.com/documentation/image_upload_api_reference
Admin API: https://cloudinary.com/documentation/admin_api
Chunks: https://support.cloudinary.com/hc/en-us/articles/208263735
"""
